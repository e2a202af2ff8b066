#!/bin/sh
# Becomes PID 1 of the copy: what a machine has before systemd starts, and nothing of this one's.
# In namespaces of its own already (machine.py). $1: the copy's root; $2: a file for what is said on the console.
set -eu
root=$1 console=$2

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
# Settings of the kernel that no namespace keeps apart are this machine's; those of the network are the copy's own.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
[ ! -e "$root/proc/sysrq-trigger" ] || mount --bind /dev/null "$root/proc/sysrq-trigger"
# Read-only, by which udev knows that devices are not its business.
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"

groups=$root/sys/fs/cgroup
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$groups"
else
    mount -t tmpfs -o mode=755 tmpfs "$groups"
    while IFS=: read -r _ names _; do
        folder=$groups/${names#name=}
        [ -n "$names" ] || folder=$groups/unified
        mkdir "$folder"
        if [ -n "$names" ]; then mount -t cgroup -o "$names" cgroup "$folder"; else mount -t cgroup2 cgroup2 "$folder"; fi
    done < /proc/self/cgroup
fi

# Empty at each boot.
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

dev=$root/dev
mount -t tmpfs -o mode=755 tmpfs "$dev"
mkdir "$dev/pts" "$dev/shm" "$dev/mqueue" "$dev/net"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
mount -t mqueue mqueue "$dev/mqueue"
ln -s pts/ptmx "$dev/ptmx"
ln -s /proc/self/fd "$dev/fd"
for name in null zero full random urandom tty fuse loop-control btrfs-control net/tun; do
    cp -a "/dev/$name" "$dev/$name"
done
for number in $(seq 0 31); do mknod -m 660 "$dev/loop$number" b 7 "$number"; done
touch "$dev/console"
mount --bind "$console" "$dev/console"

cd "$root"
mkdir -p mnt/before
pivot_root . mnt/before
umount --lazy mnt/before
exec env -i container=muelle PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
    --log-target=console --show-status=false >> /dev/console 2>&1 < /dev/null
