"""Pictures from the lesson's own folder, put into the page: no request, no tracker, nothing to serve."""

from __future__ import annotations

import base64
import re
from html import escape

from content.markdown.context import Context

MAX_TOTAL = 64 * 1024  # bytes of all pictures of a lesson; the whole page has 100 kB on a slow line

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
# The first bytes decide what a file is, not its name. SVG is not among them: it can hold programs.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"RIFF", "image/webp"),
)


def show(source: str, description: str, context: Context) -> str:
    """HTML that stands for a picture; empty, and a problem noted, where it cannot be shown."""
    if not description.strip():
        context.problem(
            "picture", "This picture has no description.", "Write what it shows: `![a diagram of ...](file.png)`."
        )
        return ""
    path = context.folder / source
    if not _NAME.fullmatch(source) or not path.is_file() or path.is_symlink():
        message = f"There is no picture `{source[:60]}` in the lesson's folder."
        context.problem("picture", message, "Put the file beside the lesson and write its name alone.")
        return ""
    size = path.stat().st_size
    context.pictures += size
    if context.pictures > MAX_TOTAL:
        message = f"The lesson's pictures have more than {MAX_TOTAL // 1024} KiB."
        context.problem("picture", message, "Shrink them, save them as WebP, or draw a `diagram`.")
        return ""
    data = path.read_bytes()
    kind = _kind(data)
    if not kind:
        message = f"`{source}` is not a PNG, JPEG, GIF or WebP picture."
        context.problem("picture", message, "Convert it; for drawings use a `diagram`.")
        return ""
    address = f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
    return context.fragment(f'<img src="{address}" alt="{escape(description)}" loading="lazy">')


def _kind(data: bytes) -> str:
    kind = next((kind for start, kind in _KINDS if data.startswith(start)), "")
    return "" if kind == "image/webp" and data[8:12] != b"WEBP" else kind
