"""QR codes as one path."""

import re

import qrcode

from web.qr import qr_of


def test_draws_every_dark_square_once_and_no_other():
    text = "https://muelle.example.org/sign-in/class/?code=QWXYRT"
    drawn = qr_of(text)
    expected = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    expected.add_data(text)

    squares = [
        (x, int(y))
        for start, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path)
        for x in range(int(start), int(start) + int(width))
    ]

    matrix = expected.get_matrix()
    dark = {(x, y) for y, row in enumerate(matrix) for x, square in enumerate(row) if square}
    assert len(squares) == len(set(squares))
    assert set(squares) == dark
    assert drawn.size == len(matrix)
