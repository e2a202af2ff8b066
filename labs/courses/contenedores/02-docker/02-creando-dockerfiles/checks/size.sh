# Passes when the answer is the size of sitio:gordo as `docker images` shows it, in MB, give or take one for rounding.
bytes=$(/usr/bin/docker --host unix:///run/user/1000/docker.sock \
    image inspect --format '{{.Size}}' sitio:gordo 2>/dev/null) || exit 1
answer=$(printf '%s' "$ANSWER" | tr ',' '.' | sed -n 's/^ *\([0-9][0-9]*\)\(\.[0-9]*\)\{0,1\} *[Mm]\{0,1\}[Bb]\{0,1\} *$/\1/p')
[ -n "$answer" ] || { echo "no number" && exit 1; }
difference=$((answer - (bytes + 500000) / 1000000))
echo "$answer"
[ "$difference" -ge -1 ] && [ "$difference" -le 1 ]
