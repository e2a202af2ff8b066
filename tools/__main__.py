"""`python3 -m tools`: checks the interpreter before anything that an old one could not even read is imported."""

import sys

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit(
        "Muelle needs Python 3.11 or later.\n"
        "What to do: use Debian 12, Ubuntu 24.04 or later, or name a newer interpreter: make PYTHON=python3.12 run"
    )

from tools.cli import main  # noqa: E402 - an old interpreter could not even read it

sys.exit(main(sys.argv[1:]))
