"""The certificate under which the mirror stands in for Docker Hub: made once on this machine, trusted by labs alone.

There is no authority behind it: it vouches for itself and for four names, and cannot sign another one.
"""

import os
from pathlib import Path

from tools.docker import CONTAINER_SECONDS, Docker
from tools.mirror import places

FOLDER = "hub"
CERTIFICATE, PRIVATE = "hub.crt", "hub.key"
# Where engines look for images without a registry in their name, for accounts, and for what `docker search` finds.
NAMES = ("docker.io", "registry-1.docker.io", "index.docker.io", "auth.docker.io")
# A machine is set up anew before that; `make mirror-remove` and `make setup` make another one at any time.
DAYS = 3650
SUBJECT = "/O=Muelle/CN=Stand-in for Docker Hub on this machine"
SCRIPT = f"""
set -e
cd /{FOLDER}
openssl req -x509 -config /dev/null -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days {DAYS} \\
    -subj '{SUBJECT}' -addext 'subjectAltName={",".join(f"DNS:{name}" for name in NAMES)}' \\
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \\
    -addext extendedKeyUsage=serverAuth -keyout {PRIVATE} -out new.crt
mv new.crt {CERTIFICATE}
"""


def certificate_folder(docker: Docker, tools: str) -> Path:
    """The folder that has the certificate and its key, for the mirror to mount. Makes them when there are none.

    tools: the mirror's image. Raises CommandFailed.
    """
    folder = places.state_folder() / FOLDER
    if not (folder / CERTIFICATE).is_file():
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, places.USER, places.USER)
        docker.call(
            "run", "--rm", "--network", "none", "--cap-drop", "ALL", "--volume", f"{folder}:/{FOLDER}",
            tools, "sh", "-c", SCRIPT, timeout=CONTAINER_SECONDS,
        )  # fmt: skip
    return folder
