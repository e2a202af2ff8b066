"""What Graphviz draws, built anew from a short list of shapes, in the colours of whoever looks at it."""

from __future__ import annotations

import re
from xml.etree import ElementTree  # the input is what `dot` wrote, never what an author wrote

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"g", "path", "polygon", "polyline", "ellipse", "text"})
_ATTRIBUTES = (
    "transform", "d", "points", "cx", "cy", "rx", "ry", "x", "y", "text-anchor", "font-size", "font-weight",
    "font-style", "text-decoration", "stroke-dasharray", "stroke-width",
)  # fmt: skip
_VALUE = re.compile(r"(?!.*url)[A-Za-z0-9 .,()+-]*")

# Classes that an author may give with `class=`; the style sheet gives each a colour of the theme.
CLASSES = frozenset({"accent", "good", "bad", "muted"})
_STRUCTURE = frozenset({"graph", "node", "edge", "cluster"})

# Pixels. What is no wider has letters that can be read where it is shrunk to fit a phone; what is wider scrolls there.
NARROW = 400

_NOTHING = frozenset({"none", "transparent", "white"})
_FILLED = frozenset({"lightgrey", "lightgray"})  # what `style=filled` gives when no colour is named
_FILLED_OPACITY = "0.08"  # a tint of the text's colour that reads on light and on dark


class SvgError(ValueError):
    """A drawing with something in it that the platform does not show. For its author."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


def rebuild(drawing: bytes) -> str:
    """One `<svg>` element without ids, links, scripts, fonts or colours. Raises SvgError."""
    try:
        source = ElementTree.fromstring(drawing)  # noqa: S314  # see the import
    except ElementTree.ParseError as error:
        raise SvgError("The drawing cannot be read.", "Delete unusual characters from its texts.") from error
    _, _, width, height = (float(number) for number in source.attrib["viewBox"].split())
    svg = ElementTree.Element("svg", viewBox=source.attrib["viewBox"], width=f"{width:.0f}", height=f"{height:.0f}")
    svg.set("class", "narrow" if width <= NARROW else "wide")
    _copy_children(source, svg)
    return ElementTree.tostring(svg, encoding="unicode")


def _copy_children(source: ElementTree.Element, target: ElementTree.Element) -> None:
    for child in source:
        name = str(child.tag).removeprefix(_NAMESPACE)
        if name == "a":  # around what has a tooltip
            _copy_children(child, target)
        elif name == "defs":
            raise SvgError("This diagram has a gradient.", "Fill with `style=filled` and no colour.")
        elif name in _SHAPES and not _is_background(child):
            copy = ElementTree.SubElement(target, name, _attributes(child, name))
            copy.text = child.text if name == "text" else None
            _copy_children(child, copy)


def _is_background(element: ElementTree.Element) -> bool:
    return element.get("stroke") in _NOTHING and element.get("fill") in _NOTHING


def _attributes(element: ElementTree.Element, name: str) -> dict[str, str]:
    kept = {key: element.attrib[key] for key in _ATTRIBUTES if _VALUE.fullmatch(element.get(key, "?"))}
    if name == "g":
        return kept | _classes(element)
    if "monospace" in element.get("font-family", ""):
        kept["font-family"] = "monospace"
    return kept | _paint(element, name)


def _classes(element: ElementTree.Element) -> dict[str, str]:
    names = element.get("class", "").split()
    unknown = [name for name in names if name not in CLASSES | _STRUCTURE]
    if unknown:
        known = ", ".join(f"`{name}`" for name in sorted(CLASSES))
        raise SvgError(f"`{unknown[0][:40]}` is not a class of diagrams.", f"Possible: {known}.")
    return {"class": " ".join(names)} if names else {}


def _paint(element: ElementTree.Element, name: str) -> dict[str, str]:
    """The text's colour for lines and letters, a tint of it for what is filled."""
    fill, stroke = element.get("fill", "black"), element.get("stroke", "none")
    for colour in (fill, stroke):
        if colour not in _NOTHING | _FILLED | {"black"}:
            mend = f"Write `class=accent` ({', '.join(sorted(CLASSES))}) instead: the theme knows light and dark."
            raise SvgError(f"This diagram has the colour `{colour[:20]}`.", mend)
    if name == "text":
        return {"fill": "currentColor"}
    painted = {"fill": "none", "stroke": "none" if stroke in _NOTHING else "currentColor"}
    if fill == "black":
        painted["fill"] = "currentColor"
    elif fill in _FILLED:
        painted |= {"fill": "currentColor", "fill-opacity": _FILLED_OPACITY}
    return painted
