# Passes when the registry has the image below the namespace of this session. The registry is asked, not the engine:
# a name alone is given with `docker tag`.
# shellcheck disable=SC2154  # the values come as environment
tags=$(wget -q -T 5 -O - "http://registry.muelle:5000/v2/$espacio/saludo/tags/list" 2>/dev/null) || exit 1
case "$tags" in
    *'"1.0"'*) exit 0 ;;
esac
exit 1
