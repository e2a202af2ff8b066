# Passes when the kernel has killed a process of this container for want of memory.
# The counter is the kernel's own and nobody inside can write it. cgroup v2 first, then v1.
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$file" ] || continue
    while read -r key count; do
        [ "$key" = oom_kill ] || continue
        echo "oom_kill $count"
        [ "$count" -gt 0 ]
        exit
    done <"$file"
done
echo "no memory cgroup to read"
exit 2
