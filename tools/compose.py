"""Find docker compose: a plugin of the docker command from version 2 on, a program of its own before."""

from pathlib import Path

from tools.shell import find_program

# Where distributions and Docker's own packages put plugins.
PLUGINS = (
    "/usr/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/local/lib/docker/cli-plugins",
)


def compose_command() -> list[str] | None:
    """The words that begin its command line, the newer one first; None where there is none."""
    # The plugin works by itself too, and so with a docker command that does not look where it is.
    plugin = next((path for folder in PLUGINS if (path := Path(folder) / "docker-compose").is_file()), None)
    program = str(plugin) if plugin else find_program("docker-compose")
    return [program] if program else None
