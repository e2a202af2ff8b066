#!/bin/sh
# Compile the agent: build.sh OUTPUT. Needs a C compiler and the static C library; CC and CFLAGS may be given.
set -eu
here=$(dirname "$0")
# shellcheck disable=SC2086  # CFLAGS is a list of words.
exec ${CC:-cc} -std=gnu11 -static -Os -Wall -Wextra -Werror -fstack-protector-strong -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 \
    ${CFLAGS:-} -o "$1" "$here"/*.c
