# Passes when the layers of tablon:3 are those of tablon:2 up to the last one or two, and not all of them: only what
# comes after the installation was made anew. An installation that is repeated never gives the same layer, since the
# times of its files differ.
layers() {
    /usr/bin/docker --host unix:///run/user/1000/docker.sock \
        image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' "$1" 2>/dev/null
}
old=$(layers tablon:2) && new=$(layers tablon:3) || exit 1
[ "$old" != "$new" ] || { echo same && exit 1; }

total=0 shared=0 alike=yes
for layer in $new; do
    total=$((total + 1))
    place=0
    for other in $old; do
        place=$((place + 1))
        [ "$place" = "$total" ] || continue
        [ "$other" = "$layer" ] || alike=no
    done
    [ "$place" -ge "$total" ] || alike=no
    [ "$alike" = no ] || shared=$total
done
echo "$shared/$total"
[ "$((total - shared))" -le 2 ]
