"""SVG built anew: whatever the drawing program says, only shapes come through."""

import pytest
from content_files import Elements

from content.svg import SvgError, rebuild

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10.4 20">'


def drawn(inside: str) -> str:
    return rebuild(f"{HEAD}{inside}</svg>".encode())


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="x"/></foreignObject>',
        '<image xlink:href="https://evil.example/x.png"/>',
        '<use xlink:href="#x"/>',
        '<animate attributeName="href" to="javascript:x"/>',
        "<style>*{}</style>",
        "<title>t</title>",
    ],
)
def test_everything_but_shapes_is_left_out(inside: str):
    assert [tag for tag, _ in Elements(drawn(inside)).found] == ["svg"]


def test_attributes_are_kept_by_name_and_by_look():
    svg = drawn(
        '<path onclick="x" style="a" id="i" class="c" d="M0,0 L1,1" transform="url(#x)" stroke="black" fill="none"/>'
    )

    assert Elements(svg).found[1] == ("path", {"d": "M0,0 L1,1", "fill": "none", "stroke": "currentColor"})


def test_what_is_inside_a_link_is_kept_without_the_link():
    assert [tag for tag, _ in Elements(drawn('<a xlink:href="javascript:x"><text>t</text></a>')).found] == [
        "svg",
        "text",
    ]


def test_the_size_is_in_pixels():
    size = {"width": "10", "height": "20", "class": "narrow"}

    assert Elements(drawn("")).found == [("svg", {"viewbox": "0 0 10.4 20", **size})]


@pytest.mark.parametrize(("width", "its_class"), [(400, "narrow"), (401, "wide")])
def test_the_style_sheet_is_told_which_drawings_fit_a_phone(width: int, its_class: str):
    svg = rebuild(f"{HEAD.replace('10.4', str(width))}</svg>".encode())

    assert Elements(svg).found[0][1]["class"] == its_class


def test_a_fixed_width_face_stays_one():
    assert 'font-family="monospace"' in drawn('<text font-family="Courier,monospace">x</text>')
    assert "font-family" not in drawn('<text font-family="Evil&quot;Font">x</text>')


def test_broken_xml_is_refused():
    with pytest.raises(SvgError, match="cannot be read"):
        rebuild(b"<svg")
