"""Small signs, drawn by us on a grid of 20 x 20. Each is what stands inside one <svg>."""

_LINE = 'fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"'
_SOLID = 'fill="currentColor"'
_CIRCLE = f'<circle cx="10" cy="10" r="7.6" {_LINE}/>'


def _line(path: str) -> str:
    return f'<path d="{path}" {_LINE}/>'


ICONS = {
    # States: all of one size, told apart by shape and not by colour alone.
    "open": _CIRCLE,
    "partial": f'{_CIRCLE}<path d="M10 2.4a7.6 7.6 0 0 1 0 15.2z" {_SOLID}/>',
    "passed": f'<circle cx="10" cy="10" r="8.4" {_SOLID}/><path d="m6.2 10.3 2.6 2.6 5-5.5" fill="none"'
    ' stroke="var(--surface)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>',
    "now": _line("M10 2.4a7.6 7.6 0 1 1-7.6 7.6"),
    # Things one can do.
    "play": f'<path d="M6 4.2v11.6a.6.6 0 0 0 .9.5l9.2-5.8a.6.6 0 0 0 0-1L6.9 3.7a.6.6 0 0 0-.9.5z" {_SOLID}/>',
    "copy": f'<rect x="7" y="7" width="9.5" height="9.5" rx="1.6" {_LINE}/>'
    + _line("M4.6 13H3.5V4.6c0-.6.5-1.1 1.1-1.1H13v1.1"),
    "file": _line("M5 2.8h6.2L15 6.6v10.6H5zM11 3v4h4"),
    "reset": _line("M4 10a6 6 0 1 1 1.8 4.3M4 15v-4h4"),
    "stop": f'<rect x="5" y="5" width="10" height="10" rx="1.6" {_LINE}/>',
    "more": "".join(f'<circle cx="{x}" cy="10" r="1.5" {_SOLID}/>' for x in (4, 10, 16)),
    "outside": _line("M8 4.5H5.2A1.2 1.2 0 0 0 4 5.7v9.1A1.2 1.2 0 0 0 5.2 16h9.1a1.2 1.2 0 0 0 1.2-1.2V12")
    + _line("M11.5 4H16v4.5M16 4l-7 7"),
    "next": _line("M4 10h12m-5-5 5 5-5 5"),
    "chevron": _line("m5.5 12.5 4.5-4.5 4.5 4.5"),
    "down": _line("m5.5 7.5 4.5 4.5 4.5-4.5"),
    # What something is.
    "clock": f'<circle cx="10" cy="10" r="7.2" {_LINE}/>' + _line("M10 6v4.2l2.6 1.6"),
    "terminal": f'<rect x="2.5" y="3.8" width="15" height="12.4" rx="2" {_LINE}/>'
    + _line("m5.8 7.6 2.4 2.4-2.4 2.4M10.5 12.6h3.6"),
    "port": f'<circle cx="10" cy="10" r="7.2" {_LINE}/>'
    + _line("M2.8 10h14.4M10 2.8c2.4 2.1 3.4 4.5 3.4 7.2s-1 5.1-3.4 7.2c-2.4-2.1-3.4-4.5-3.4-7.2s1-5.1 3.4-7.2z"),
    "text": _line("M4 5h12M4 10h12M4 15h7"),
    "hint": _line("M7.6 14.2c0-1.6-2.4-2.4-2.4-5.6a4.8 4.8 0 0 1 9.6 0c0 3.2-2.4 4-2.4 5.6zM8 17h4"),
    "info": f'<circle cx="10" cy="10" r="7.4" {_LINE}/>' + _line("M10 9.4v4M10 6.6v.1"),
    "alert": _line("M10 3.2 17.4 16H2.6zM10 8.2v3.6M10 14v.1"),
    "cross": _line("m5.5 5.5 9 9m0-9-9 9"),
    "pause": _line("M7 4.5v11M13 4.5v11"),
    "search": f'<circle cx="8.6" cy="8.6" r="5.2" {_LINE}/>' + _line("m12.6 12.6 4 4"),
    "check": _line("m4.5 10.5 3.6 3.6 7.4-8"),
    "lock": f'<rect x="4" y="9" width="12" height="8" rx="1.6" {_LINE}/>' + _line("M6.8 9V6.4a3.2 3.2 0 0 1 6.4 0V9"),
    "unlock": f'<rect x="4" y="9" width="12" height="8" rx="1.6" {_LINE}/>' + _line("M6.8 9V6.4a3.2 3.2 0 0 1 6-1.6"),
    "screen": f'<rect x="2.5" y="3.5" width="15" height="10" rx="1.4" {_LINE}/>' + _line("M7 17h6m-3-3.5V17"),
    "plus": _line("M10 4.5v11M4.5 10h11"),
    "key": f'<circle cx="6.4" cy="10" r="3.4" {_LINE}/>' + _line("M9.8 10h7.4m-2.6 0v2.8"),
    "hand": _line("M6.5 11V5.2a1.2 1.2 0 0 1 2.4 0V9m0-.6V3.7a1.2 1.2 0 0 1 2.4 0V9m0-.6V4.9a1.2 1.2 0 0 1 2.4 0v6.6")
    + _line(
        "M13.7 8.4a1.2 1.2 0 0 1 2.4 0v3.4c0 3.4-2.2 5.6-5.2 5.6-2.6 0-3.9-1.3-5-3.2l-2-3.4a1.2 1.2 0 0 1 2-1.3l.6.9"
    ),
    "eye": _line("M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z")
    + f'<circle cx="10" cy="10" r="2.3" {_LINE}/>',
    "people": f'<circle cx="7.4" cy="7.4" r="2.8" {_LINE}/>'
    + _line("M2.4 16c.5-2.9 2.4-4.2 5-4.2s4.5 1.3 5 4.2M12.6 4.9a2.6 2.6 0 0 1 0 5M14.4 12.2c1.7.5 2.8 1.8 3.2 3.8"),
    "person": f'<circle cx="10" cy="7" r="3.4" {_LINE}/>' + _line("M3.8 17c.6-3.4 3-5 6.2-5s5.6 1.6 6.2 5"),
}
