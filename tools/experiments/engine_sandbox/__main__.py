"""`python -m tools.experiments.engine_sandbox --base-from unix:///run/muelle/engine.sock`: run it all, print the table.

Needs root, btrfs, a C compiler and the `docker` command; takes about three minutes, most of it building the image.
The base image (debian:trixie-slim) is taken from the engine named.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "platform"))

from tools.experiments.engine_sandbox import attacks, inner, streams
from tools.experiments.engine_sandbox.sandbox import Sandbox, build
from tools.experiments.engine_sandbox.throwaway import ThrowawayEngine

BASE = "debian:trixie-slim"
failed: list[str] = []


def show(what: str, outcome: str | Mapping[str, str]) -> None:
    """Print rows of the table as they come."""
    rows = {what: outcome} if isinstance(outcome, str) else {f"{what}: {name}": text for name, text in outcome.items()}
    for name, text in rows.items():
        print(f"| {name} | {' '.join(text.split())} |", flush=True)
        if "FAILS" in text:
            failed.append(name)


def compile_probe() -> bytes:
    """The learner's tool, static so that it runs in any image."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(__file__).parent / "probe.c"
        subprocess.run(["cc", "-static", "-Os", "-D_GNU_SOURCE", "-o", f"{folder}/probe", source], check=True)
        return (Path(folder) / "probe").read_bytes()


def main() -> int:
    """Everything in order; 1 when something that should hold does not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--base-from", required=True, help=f"engine that has {BASE}")
    source = arguments.parse_args().base_from
    base = subprocess.run(["docker", "-H", source, "save", BASE], check=True, stdout=subprocess.PIPE).stdout
    with ThrowawayEngine() as engine:
        build(engine, base)
        experiment(engine)
    return 1 if failed else 0


def experiment(engine: ThrowawayEngine) -> None:
    """One sandbox as it will be, and one without a seccomp filter as a control."""
    sandbox, control = Sandbox(engine, "sandbox"), Sandbox(engine, "control", seccomp="unconfined")
    for each in (sandbox, control):
        each.put("/tmp/probe", compile_probe())
    show("container started, agent ready", f"{sandbox.start_seconds:.2f} s")
    show("inner Docker", inner.start_engine(sandbox))
    show("docker run -p through CONNECT", inner.publish(sandbox))
    show("inner Docker", inner.use(sandbox))
    show("agent", attacks.reach_into_the_agent(sandbox, control))
    show("escape", attacks.attack(sandbox))
    show("escape", attacks.write_to_the_kernel(sandbox))
    show("control: core_pattern as uid 0 of the host", attacks.hard_rule(engine))
    for seed in (1, 2, 3):
        show("client killed", streams.kill_clients(sandbox, seed))
    for how in (signal.SIGTERM, signal.SIGKILL):
        show(f"engine restarted by {how.name}", streams.restart_engine(engine, sandbox, how))
    show("through the agent", streams.measure(sandbox))
    show("disk quota of 2 GB", inner.fill_disk(sandbox))


if __name__ == "__main__":
    sys.exit(main())
