# Passes when the container `limpio` has neither the password nor the backup, wherever they might have been copied to.
found=$(/usr/bin/docker --host unix:///run/user/1000/docker.sock \
    exec limpio find / -xdev '(' -name clave.env -o -name ayer.bin ')' -print 2>/dev/null) || exit 1
[ -z "$found" ] && exit 0
echo "$found" | head -n 3
exit 1
