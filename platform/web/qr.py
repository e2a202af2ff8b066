"""QR codes as one SVG path, so that they are drawn sharply by a printer and need no picture of their own."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M


@dataclass(frozen=True)
class QrCode:
    """`path` draws the dark squares in a box of `size` by `size`, with the quiet edge that readers need."""

    size: int
    path: str


def qr_of(text: str) -> QrCode:
    """Return the code for `text`. Squares of a row that touch are drawn as one."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    return QrCode(len(matrix), "".join(_row(y, row) for y, row in enumerate(matrix)))


def _row(y: int, row: list[bool]) -> str:
    parts, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(parts)
