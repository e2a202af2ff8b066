import subprocess
import sys
from pathlib import Path

PLATFORM = Path(__file__).resolve().parents[2] / "platform"


def test_nothing_on_the_way_of_a_byte_knows_a_database_a_broker_or_a_channel_layer() -> None:
    """An outage of any of them cannot touch an open terminal, because the code that serves it does not know them."""
    program = (
        "import sys, terminal.serving\n"
        "print([name for name in ('django', 'channels', 'celery', 'redis', 'asgiref') if name in sys.modules])"
    )

    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=PLATFORM, capture_output=True, text=True, timeout=60, check=True
    )

    assert shown.stdout.strip() == "[]"
