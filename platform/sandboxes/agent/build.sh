#!/bin/sh
# Compile the agent: build.sh OUTPUT. Needs a C compiler and the static C library; CC, CFLAGS and LDFLAGS may be given.
set -eu
here=$(dirname "$0")
# shellcheck disable=SC2086  # the flags are lists of words.
exec ${CC:-cc} -std=gnu11 -Os -Wall -Wextra -Werror -fstack-protector-strong -D_GNU_SOURCE \
    ${CFLAGS--D_FORTIFY_SOURCE=2} ${LDFLAGS--static} -o "$1" "$here"/*.c
