# Passes when the answer is the beginning of the digest that nginx was pulled by, twelve characters of it or more.
# The learner's own engine is asked: which image the registry gave is not known beforehand.
references=$(/usr/bin/docker --host unix:///run/user/1000/docker.sock \
    image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}{{.Id}}' nginx 2>/dev/null) || exit 1

answer=$(printf '%s' "$ANSWER" | tr 'A-Z' 'a-z' | tr -d ' ')
answer=${answer##*sha256:}
case "$answer" in
    *[!0-9a-f]* | '') exit 1 ;;
esac

for reference in $references; do
    digest=${reference##*sha256:}
    case "$digest" in
        "$answer"*) found=$reference ;;
        *) continue ;;
    esac
    case "$found" in
        sha256:*) echo "image id" && exit 1 ;;
    esac
    [ "${#answer}" -ge 12 ] && exit 0
    echo "short" && exit 1
done
exit 1
