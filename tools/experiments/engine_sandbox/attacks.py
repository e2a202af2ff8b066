"""What must not work: what a learner, or root in a container of theirs, can try against the agent and the host."""

import re

from tools.experiments.engine_sandbox.inner import verdict
from tools.experiments.engine_sandbox.sandbox import IMAGE, Sandbox
from tools.experiments.engine_sandbox.throwaway import ThrowawayEngine

# All capabilities, nothing masked, no inner filter: more than `docker run --privileged`, which rootless cannot do here.
INNER_ROOT = (
    "docker run --rm --cap-add ALL --security-opt systempaths=unconfined --security-opt seccomp=unconfined"
    " --pid=host -v /:/h -v /tmp:/t tiny"
)
SIGNALS = "for s in $(seq 64); do kill -$s 1; done 2>/dev/null"
KERNEL = "/proc/sys /proc/irq /proc/bus /proc/fs /proc/sysrq-trigger /sys"
# Kept by the kernel for each network, IPC, PID or user namespace apart, so they are the sandbox's own.
OWN = re.compile(
    r"(/h)?/proc/sys/(net/|user/|fs/mqueue/|kernel/(auto_msgmni|msg_?[a-z]+(_id)?|msgm[a-z]+|sem|sem_next_id|shm[a-z_]+"
    r"|ns_last_pid|pid_max)$)"
)
ESCAPES = {
    "core_pattern as the learner": "echo x > /proc/sys/kernel/core_pattern",
    "core_pattern as root of a container": f"{INNER_ROOT} /bin/sh -c 'echo x > /proc/sys/kernel/core_pattern'",
    "core_pattern through the sandbox's /proc": f"{INNER_ROOT} /bin/sh -c 'echo x > /h/proc/sys/kernel/core_pattern'",
    "sysrq as root of a container": f"{INNER_ROOT} /bin/sh -c 'echo h > /proc/sysrq-trigger'",
    "block device": f"{INNER_ROOT} /bin/sh -c '/bin/busybox mknod /d b 7 0 && cat /d'",
    "device of memory": f"{INNER_ROOT} /bin/sh -c '/bin/busybox mknod /d c 1 1 && cat /d'",
    "cgroup v1 mount": f"{INNER_ROOT} /bin/mount -t cgroup -o memory cgroup /mnt",
    "the agent's namespaces": f"{INNER_ROOT} /bin/nsenter -t 1 -m -p /bin/id",
    "reading the agent's program": "cat /.muelle/bin/agent",
    "writing beside the agent": "echo x > /.muelle/bin/x",
    "writing where the bootstrap was": "echo x > /.muelle/boot/x",
    "the same as root of a container": f"{INNER_ROOT} /bin/sh -c 'echo > /h/.muelle/boot/x || echo > /h/.muelle/bin/x'",
    "privileged container": "docker run --rm --privileged tiny /bin/sh -c 'echo x > /proc/sys/kernel/core_pattern'",
    "becoming uid 0 by a setuid file": "find / -xdev -perm /6000 -type f 2>/dev/null | grep .",
}


def attack(sandbox: Sandbox) -> dict[str, str]:
    """Every attempt and its outcome."""
    outcomes = {}
    for name, script in ESCAPES.items():
        result = sandbox.run(f"exec 2>&1; {script}", timeout=60)
        said = result.stdout.decode(errors="replace").strip().splitlines()
        outcomes[name] = f"{verdict(result.exit_code != 0)}: {said[-1][-110:] if said else 'nothing'}"
    outcomes["every signal to PID 1"] = f"{verdict('alive' in sandbox.output(SIGNALS + '; echo alive'))}"
    outcomes["every signal from root of a container"] = verdict(
        "alive" in sandbox.output(f"{INNER_ROOT} /bin/sh -c '{SIGNALS}'; echo alive")
    )
    return outcomes


def reach_into_the_agent(sandbox: Sandbox, control: Sandbox) -> dict[str, str]:
    """ptrace, memory, descriptors: as the learner, as root of a container, and without any seccomp filter.

    The control is a process of the learner's own, without filter: there the same attempts must work.
    """
    outcomes = {}
    for name, where, command in (
        ("into PID 1, as the learner", sandbox, "/tmp/probe process 1; /tmp/probe bootstrap /.muelle/boot/boot.sock"),
        ("into PID 1, as root of a container", sandbox, f"{INNER_ROOT} /t/probe process 1"),
        ("into PID 1, without seccomp", control, "/tmp/probe process 1; /tmp/probe bootstrap /.muelle/boot/boot.sock"),
    ):
        said = where.output(command)
        outcomes[name] = f"{verdict('WORKED' not in said and 'ptrace' in said)}: {said.count(':')} attempts refused"
    said = control.output("sleep 60 & /tmp/probe process $!; kill -9 $!")
    worked = said.count("WORKED")
    outcomes["control: into a process of one's own"] = f"{verdict(worked >= 5)}: {worked} work"
    return outcomes


def hard_rule(engine: ThrowawayEngine) -> str:
    """The control of the core_pattern attempts: uid 0 with an unmasked /proc can, so there is no such sandbox.

    It writes what is there already.
    """
    same = 'p=/proc/sys/kernel/core_pattern; old=$(cat $p); echo "$old" > $p && echo written'
    flags = ("--user", "0:0", "--cap-drop", "ALL", "--network", "none", "--security-opt", "systempaths=unconfined")
    said = engine.docker("run", "--rm", *flags, "--entrypoint", "/bin/sh", IMAGE, "-c", same)
    return f"{verdict(said == 'written')}: uid 0 without any capability has {said or 'not written'} it"


def write_to_the_kernel(sandbox: Sandbox) -> dict[str, str]:
    """Which files of /proc and /sys open for writing, beside those that belong to the sandbox's own namespaces."""
    outcomes = {}
    for name, command in (
        ("files of the kernel, as the learner", f"/tmp/probe writable {KERNEL}"),
        ("files of the kernel, as root of a container", f"{INNER_ROOT} /t/probe writable {KERNEL} /h/proc/sys /h/sys"),
    ):
        opened = sandbox.output(command, timeout=120).split()
        foreign = [path for path in opened if not OWN.match(path)]
        outcomes[name] = f"{verdict(not foreign)}: {len(opened)} open, all its own namespaces'; others {foreign[:5]}"
    return outcomes
