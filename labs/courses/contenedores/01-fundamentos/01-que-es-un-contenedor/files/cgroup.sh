#!/bin/bash
# cgroup.sh: what this container may spend, what it spends now, and what was refused.
# It only reads. Each line ends with the file that the number comes from.

root=/sys/fs/cgroup

# show NAME V2-FILE V1-FILE [KEY]: the content of the file that exists, or the number after KEY in it.
show() {
    local name=$1 key=${4:-} file
    for file in "$root/$2" "$root/$3"; do
        [ -r "$file" ] || continue
        if [ -n "$key" ]; then
            value=$(awk -v key="$key" '$1 == key { print $2 }' "$file")
        else
            value=$(cat "$file")
        fi
        printf '%-14s %-16s %s\n' "$name" "$value" "$file"
        return
    done
    printf '%-14s %-16s %s\n' "$name" "?" "not found"
}

if [ -e "$root/cgroup.controllers" ]; then echo "cgroup v2"; else echo "cgroup v1"; fi
show "memory limit" memory.max memory/memory.limit_in_bytes
show "memory now" memory.current memory/memory.usage_in_bytes
show "oom_kill" memory.events memory/memory.oom_control oom_kill
show "pids limit" pids.max pids/pids.max
show "pids now" pids.current pids/pids.current
show "pids refused" pids.events pids/pids.events max
show "cpu quota" cpu.max cpu/cpu.cfs_quota_us
