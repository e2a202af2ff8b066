# Passes when pid-ns.txt holds the number of this container's process namespace and nothing else.
# The check runs in that same namespace, so it asks the kernel for the number.
file=/home/learner/pid-ns.txt

link=$(readlink /proc/self/ns/pid) || exit 2
number=${link#"pid:["}
number=${number%"]"}

[ -f "$file" ] || exit 1
written=$(head -c 100 "$file") || exit 1
echo "$written"
[ "$written" = "$number" ]
