# Hosts with control groups of version 1 are still common; nobody in a lab can change that.
export PODMAN_IGNORE_CGROUPSV1_WARNING=1
