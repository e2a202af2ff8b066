"""A sandbox with exactly the flags of profile `engine`, and its agent."""

import time
from pathlib import Path

from sandboxes.agent_client import DEFAULT_ENVIRONMENT, AgentClient, Bootstrap, ProcessResult
from tools.experiments.engine_sandbox.throwaway import ThrowawayEngine
from tools.seccomp import FOLDER as FILTERS

IMAGE = "step0-engine"
AGENT_IMAGE = "step0-agent"
AGENT_VOLUME = "step0-agent"
HANDOVER_TIMEOUT = 10.0
SOCKET = "/run/user/1000/docker.sock"
ENVIRONMENT = {**DEFAULT_ENVIRONMENT, "XDG_RUNTIME_DIR": "/run/user/1000", "DOCKER_HOST": f"unix://{SOCKET}"}
FLAGS = [
    *("--user", "1000:1000", "--workdir", "/home/learner", "--hostname", "lab", "--entrypoint", "/.muelle/bin/agent"),
    # In the bounding set only, for newuidmap's and newgidmap's file capabilities: uid 1000 itself has none.
    *("--cap-drop", "ALL", "--cap-add", "SETUID", "--cap-add", "SETGID"),
    # The kernel lets a user namespace mount /proc only where nothing of it is masked.
    *("--security-opt", "systempaths=unconfined", "--network", "none", "--device", "/dev/net/tun"),
    *("--storage-opt", "size=2G", "--memory", "2g", "--memory-swap", "2g", "--pids-limit", "1024"),
    *("--ulimit", "core=0", "--ulimit", "nofile=16384:16384"),
    *("--log-opt", "max-size=1m", "--mount", f"type=volume,source={AGENT_VOLUME},target=/.muelle/bin,readonly"),
]


class Sandbox:
    """A running one. `seccomp` unconfined is for controls: to see that an attempt that fails is a real attempt."""

    def __init__(self, engine: ThrowawayEngine, name: str, *, seccomp: str | None = None) -> None:
        self.name = name
        self.socket = engine.run_directory / "agents" / f"{name}.sock"
        self.client = AgentClient(self.socket)
        boot = engine.run_directory / "boot" / name
        bootstrap = Bootstrap(boot, self.socket)
        bootstrap.prepare()
        began = time.monotonic()
        engine.docker(
            *("run", "--detach", "--name", name, *FLAGS),
            *("--security-opt", f"seccomp={seccomp or FILTERS / 'engine.json'}"),
            *("--mount", f"type=bind,source={boot},target=/.muelle/boot,readonly", IMAGE),
        )
        bootstrap.hand_over(timeout=HANDOVER_TIMEOUT)
        self.client.wait_ready(timeout=HANDOVER_TIMEOUT)
        self.start_seconds = time.monotonic() - began

    def run(self, script: str, *, stdin: bytes = b"", timeout: float = 60) -> ProcessResult:
        """A script as the learner."""
        return self.client.run(
            ["/bin/bash", "-c", script], env=ENVIRONMENT, stdin=stdin, timeout=timeout, output_limit=1 << 20
        )

    def output(self, script: str, *, timeout: float = 60) -> str:
        """Standard output and error of a script, whatever its exit code."""
        return self.run(f"exec 2>&1; {script}", timeout=timeout).stdout.decode(errors="replace")

    def put(self, path: str, data: bytes) -> None:
        """An executable file inside."""
        self.run(f"cat > {path} && chmod 755 {path}", stdin=data)


def build(engine: ThrowawayEngine, base: bytes) -> None:
    """Load the base image and build the two others; fill the agent's volume."""
    engine.docker("load", input_=base)
    here = Path(__file__).parent
    agent = here.parents[2] / "platform" / "sandboxes" / "agent"
    engine.docker("build", "--quiet", "--network", "host", "--tag", IMAGE, str(here))
    engine.docker("build", "--quiet", "--network", "host", "--tag", AGENT_IMAGE, str(agent))
    engine.docker("create", "--name", "fill", "--volume", f"{AGENT_VOLUME}:/.muelle/bin", AGENT_IMAGE)
    engine.docker("rm", "fill")
