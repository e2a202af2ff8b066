"""The key that the mirror's packages are signed with: made once on this machine, private half readable by root only."""

import base64
import os

from tools.docker import CONTAINER_SECONDS, Docker
from tools.mirror import places

FOLDER = "key"
EXPORTED = "public.gpg"
NAME = "Muelle package mirror of this machine"
SCRIPT = f"""
set -e
gpg --homedir /key --batch --quiet --list-secret-keys 2> /dev/null | grep -q . ||
    gpg --homedir /key --batch --quiet --passphrase '' --quick-generate-key '{NAME}' ed25519 sign never
gpg --homedir /key --batch --quiet --export > /key/{EXPORTED}.new
mv /key/{EXPORTED}.new /key/{EXPORTED}
"""


def public_key(docker: Docker, tools: str) -> str:
    """The public half, in base64. Makes the key when there is none. tools: the mirror's image. Raises CommandFailed."""
    folder = places.state_folder() / FOLDER
    exported = folder / EXPORTED
    if not exported.is_file():
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, places.USER, places.USER)
        docker.call(
            "run", "--rm", "--network", "none", "--cap-drop", "ALL", "--volume", f"{folder}:/key",
            tools, "sh", "-c", SCRIPT, timeout=CONTAINER_SECONDS,
        )  # fmt: skip
    return base64.b64encode(exported.read_bytes()).decode("ascii")
