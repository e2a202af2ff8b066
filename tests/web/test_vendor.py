"""htmx is the file that the list of vendored files names."""

import base64
import hashlib
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"


def test_htmx_is_what_the_list_says():
    digest = base64.b64encode(hashlib.sha384((VENDOR / "htmx" / "htmx.min.js").read_bytes()).digest()).decode()

    assert (
        f"| htmx/htmx.min.js | htmx.org | 2.0.11 | dist/htmx.min.js | 0BSD, [LICENSE](htmx/LICENSE) | `{digest}` |"
        in (VENDOR / "README.md").read_text(encoding="utf-8")
    )


def test_its_licence_is_there():
    assert "Permission to use" in (VENDOR / "htmx" / "LICENSE").read_text(encoding="utf-8")
