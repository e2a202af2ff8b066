"""What labs need of this machine beside an engine, as set-up proved it."""

from collections.abc import Collection, Iterator

from operations.doctor.base import Finding, State, good_if
from sandboxes.runtimes.host import Host


def judge_proofs(host: Host) -> Iterator[Finding]:
    """Judge what set-up proved; without it labs with a Docker of their own are off, and others run."""
    yield Finding("quota", good_if(host.disk_limits, otherwise=State.WARN))
    yield Finding("tunnels", good_if(host.tunnels, otherwise=State.WARN))


def judge_walls(networks: str, *, down: str) -> Finding:
    """Judge the firewall around labs with a network; `down` is why it is not known to stand."""
    if not networks:
        return Finding("walls", State.WARN)
    return Finding("walls", good_if(not down), down or networks)


def judge_mirror(address: str, answer: str) -> Finding:
    """Judge the registry of labs. `answer` is "yes", "no", or "unreachable": no way leads there from here."""
    if not address:
        return Finding("mirror", State.WARN)
    state = {"yes": State.GOOD, "unreachable": State.WARN}.get(answer, State.BAD)
    return Finding("mirror", state, address)


def judge_images(images: Collection[str], agent: str) -> Finding:
    """Judge whether set-up built what sandboxes are made from."""
    return Finding("images", good_if(bool(images) and bool(agent)), ", ".join(sorted(images)))
