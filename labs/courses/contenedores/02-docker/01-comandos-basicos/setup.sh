#!/bin/bash
# Prepares the engine before anybody uses it: two containers that "somebody left". Runs as the learner; the values
# arrive as environment.
set -eu

docker pull --quiet busybox >/dev/null

# A probe that fell. Its exit code is asked for; its logs say why.
docker run --name sonda busybox sh -c '
    echo "sonda: bajando"
    echo "sonda: a 40 m"
    echo "sonda: error: falta la variable FONDO" >&2
    exit "$1"' sonda "$codigo" >/dev/null 2>&1 || true

# A lookout that goes on. What it prints is in a file of its own layer, so that neither `ps` nor `inspect` gives the
# key away before the lesson comes to logs.
docker create --name vigia --label responsable="$guardia" --publish "$radio:9000" busybox sh /vigia.sh >/dev/null
docker cp --quiet - vigia:/ < <(
    cd "$(mktemp -d)"
    cat >vigia.sh <<'SCRIPT'
trap 'echo "vigía: fin de la guardia"; exit 0' TERM INT
echo "vigía: empieza la guardia"
echo "vigía: radio encendida en el puerto 9000"
echo "vigía: clave=@"
mkdir -p /www && echo "sin novedad" >/www/index.html
httpd -p 9000 -h /www
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "vigía: comprobado el sector $n de 12"; done
ronda=0
while :; do
    ronda=$((ronda + 1))
    echo "vigía: ronda $ronda, sin novedad"
    sleep 20 &
    wait $!
done
SCRIPT
    sed -i "s/@/$clave/" vigia.sh
    tar -c vigia.sh
)
docker start vigia >/dev/null
