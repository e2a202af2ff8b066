"""Where one installation keeps what its sandboxes are given, and how its containers are told from others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

INSTANCE_LABEL = "muelle.instance"
SANDBOX_LABEL = "muelle.sandbox"

_NAME = re.compile(r"muelle-[0-9a-f]{8}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Place:
    """The names that the parts of one installation agree on."""

    instance: str
    """8 hexadecimal digits, different for each clone on a machine."""
    run_directory: Path
    """Short, since the path of a unix socket has at most 108 bytes; mode 0700."""
    agent_volume: str
    """The volume that holds the agent and the trusted tools; its name ends in a digest of its content."""

    def sandbox_name(self, sandbox_hex: str) -> str:
        """Container name of the sandbox whose UUID has these 32 hexadecimal digits."""
        return f"muelle-{self.instance}-{sandbox_hex[:12]}"

    def owns_name(self, name: str) -> bool:
        """Whether the name could be that of one of our sandboxes."""
        return _NAME.fullmatch(name) is not None and name.startswith(f"muelle-{self.instance}-")

    def boot_directory(self, name: str) -> Path:
        """Host directory of the bootstrap socket of one sandbox: the only thing that is ever bind-mounted."""
        return self.run_directory / "boot" / name

    def agent_socket(self, name: str) -> Path:
        """Where the agent of one sandbox is reached, for as long as it lives."""
        return self.run_directory / "agents" / f"{name}.sock"

    def prepare_boot_directory(self, name: str) -> None:
        """Make what the container will mount: the engine refuses to mount what does not exist. Idempotent."""
        for private in (self.run_directory, self.run_directory / "boot"):
            private.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.boot_directory(name).mkdir(exist_ok=True)
