"""The engine and what it stands on: versions, limits, what confines containers."""

from collections.abc import Iterator, Sequence

from operations.doctor.base import Finding, State, good_if
from sandboxes.runtimes.base import EngineFacts
from tools.engine.versions import ENGINE, KERNEL, PYTHON, RUNC, Flaw, flaws_in, is_packaged

OLDEST_ENGINE = (20, 10)
# Without these a sandbox takes the machine down; without the others it is only slower or noisier.
VITAL_LIMITS = frozenset({"memory", "pids"})
USEFUL_LIMITS = frozenset({"swap", "cpu"})
# One of them confines containers beside capabilities and seccomp.
SECURITY_MODULES = frozenset({"apparmor", "selinux"})


def judge_engine(facts: EngineFacts | None, *, silence: str = "") -> Iterator[Finding]:
    """Judge what an engine says of itself; None where it says nothing, with `silence` as the reason."""
    if facts is None:
        yield Finding("engine", State.BAD, silence)
        return
    yield _engine(facts)
    yield _flaws("engine_flaws", facts.version, ENGINE, harmless=True)
    yield _flaws("runc_flaws", facts.runc, RUNC)
    yield _flaws("kernel_flaws", facts.kernel, KERNEL)
    yield _cgroups(facts)
    yield _confinement(facts)
    yield Finding("live_restore", good_if(facts.live_restore, otherwise=State.WARN))


def _engine(facts: EngineFacts) -> Finding:
    numbers = tuple(int(part) for part in facts.version.split("+")[0].split(".")[:2] if part.isdigit())
    return Finding("engine", good_if(numbers >= OLDEST_ENGINE), f"{facts.version}, {facts.storage_driver}")


def _flaws(key: str, version: str, known: Sequence[Flaw], *, harmless: bool = False) -> Finding:
    """A version that a distribution numbered may be better than it looks; one of upstream is what it says."""
    names = flaws_in(version, known)
    if not names:
        return Finding(key, State.GOOD, version)
    state = State.WARN if harmless or is_packaged(version) or not version else State.BAD
    return Finding(key, state, f"{version or '?'}: {'; '.join(names)}")


def _cgroups(facts: EngineFacts) -> Finding:
    there = set(facts.limits)
    missing = sorted((VITAL_LIMITS | USEFUL_LIMITS) - there)
    found = f"cgroup v{facts.cgroup_version}, {facts.cgroup_driver}"
    if not missing:
        return Finding("cgroup", State.GOOD, found)
    state = State.BAD if VITAL_LIMITS - there else State.WARN
    return Finding("cgroup", state, f"{found}; - {', '.join(missing)}")


def _confinement(facts: EngineFacts) -> Finding:
    found = ", ".join(facts.security)
    if "seccomp" not in facts.security:
        return Finding("lsm", State.BAD, found)
    return Finding("lsm", good_if(bool(SECURITY_MODULES & set(facts.security)), otherwise=State.WARN), found)


def judge_python(version: str) -> Finding:
    """Judge the Python that the site runs on. Distributions mend theirs without another number."""
    names = flaws_in(version, PYTHON)
    return Finding("python_flaws", good_if(not names, otherwise=State.WARN), ": ".join([version, *names]))
