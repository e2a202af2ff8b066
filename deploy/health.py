"""Whether the process of this container does its work: `health.py pages` or `health.py loop`. Standard library only.

Exit code 0 says yes. It runs every few seconds, so it must not start Django, which would take a second each time.
"""

import http.client
import os
import sys
import time
from pathlib import Path

PORT = 8000
# Less than the limit that docker-compose.yml gives the whole check.
ANSWER_SECONDS = 4.0
# Workers and the reconciler give a sign of life every two seconds; a round may take its time when the engine is busy.
SILENCE_SECONDS = 60.0


def pages_answer() -> bool:
    """Whether the ASGI server of this container answers, and its database does."""
    # The server answers to the site's own names only; a pattern (`.example.org`, `*`) matches without its beginning.
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip("*.") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def loop_turns(now: float) -> bool:
    """Whether the loop of this container has given a sign of life lately."""
    try:
        return now - Path(os.environ["MUELLE_LIFE_SIGN"]).stat().st_mtime < SILENCE_SECONDS
    except OSError:
        return False


if __name__ == "__main__":
    well = pages_answer() if sys.argv[1:] == ["pages"] else loop_turns(time.time())
    sys.exit(0 if well else 1)
