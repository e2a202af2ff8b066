#!/bin/bash
# Puts beside the lesson's files what differs from learner to learner. Runs as the learner, before those files come;
# the values arrive as environment.
set -eu

docker pull --quiet busybox >/dev/null

mkdir -p ~/tablon/copia ~/sitio/paginas
# What must not get into an image: a password and a bulky backup. Random bytes, so that nothing can compress them.
printf 'CLAVE=%s\n' "$clave" >~/tablon/clave.env
head -c 24M /dev/urandom >~/tablon/copia/ayer.bin

printf 'Horario\nEl ferri sale del pantalán %s.\n' "$pantalan" >~/sitio/paginas/horario.txt

# An image whose author thought that what is deleted is gone.
docker build --quiet --tag paquete:viejo - >/dev/null <<DOCKERFILE
FROM busybox
RUN echo "TOKEN=$token" > /token.txt
RUN echo "usando el token para descargar" && wc -c < /token.txt
RUN rm /token.txt
CMD ["echo", "paquete entregado"]
DOCKERFILE
