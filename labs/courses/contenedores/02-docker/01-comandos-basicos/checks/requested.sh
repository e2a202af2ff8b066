# Passes when the logs of the learner's server have a request for the planted path.
# Only the server writes these lines, and only the engine hands them out.
# shellcheck disable=SC2154  # the values come as environment
lines=$(/usr/bin/docker --host unix:///run/user/1000/docker.sock logs --tail 5000 "$nombre" 2>&1) || exit 1
line=$(printf '%s\n' "$lines" | grep -F "/$ruta " | tail -n 1)
[ -n "$line" ] || exit 1
echo "$line" | cut -c 1-200
