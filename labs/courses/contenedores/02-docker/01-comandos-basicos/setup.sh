#!/bin/bash
# Prepares the engine before anybody uses it: two containers that "somebody left". Runs as the learner; the values
# arrive as environment.
#
# Their programs are copied into them instead of standing in their command lines, so that neither `ps` nor `inspect`
# gives away what the lesson asks `logs` for.
set -eu

scripts=$(mktemp -d)
trap 'rm -rf "$scripts"' EXIT

# A probe that fell. Its exit code is asked for; its logs say why.
cat >"$scripts/sonda.sh" <<SCRIPT
echo "sonda: bajando"
echo "sonda: a 40 m"
echo "sonda: error: falta la variable FONDO" >&2
exit $codigo
SCRIPT

# A lookout that goes on, with a port, and ends at once when it is asked to.
cat >"$scripts/vigia.sh" <<SCRIPT
trap 'echo "vigía: fin de la guardia"; exit 0' TERM INT
echo "vigía: empieza la guardia"
echo "vigía: radio encendida en el puerto 9000"
echo "vigía: clave=$clave"
mkdir -p /www && echo "sin novedad" >/www/index.html
httpd -p 9000 -h /www
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "vigía: comprobado el sector \$n de 12"; done
ronda=0
while :; do
    ronda=\$((ronda + 1))
    echo "vigía: ronda \$ronda, sin novedad"
    sleep 20 &
    wait \$!
done
SCRIPT

docker pull --quiet busybox
docker create --name sonda busybox sh /sonda.sh
docker create --name vigia --label responsable="$guardia" --publish "$radio:9000" busybox sh /vigia.sh
for name in sonda vigia; do
    docker cp --quiet "$scripts/$name.sh" "$name:/$name.sh"
    docker start "$name"
done
docker wait sonda
