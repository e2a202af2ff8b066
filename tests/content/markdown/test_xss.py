"""Whatever an author writes, wherever they write it: no reader's browser runs it, and nothing is fetched for it."""

import re

import pytest
from content_files import DIAGRAMS, FIXTURES, Elements, render_text

from content.diagrams import DiagramError
from content.documents import TaskPart
from content.markdown.lesson import Rendered
from content.markdown.sanitise import ATTRIBUTES, TAGS
from content.values import draw, specs_from, substitute

# Ways to get a program into a page, written for this platform: one a line. The browser tests use them too.
PAYLOADS = (FIXTURES.parent / "xss_payloads.txt").read_text(encoding="utf-8").splitlines()

SVG_TAGS = {"svg", "g", "path", "polygon", "polyline", "ellipse", "text"}
SVG_ATTRIBUTES = {
    "viewbox", "width", "height", "role", "aria-label", "class", "transform", "d", "points", "cx", "cy", "rx", "ry",
    "x", "y", "text-anchor", "font-size", "font-weight", "font-style", "font-family", "text-decoration",
    "stroke-dasharray", "stroke-width", "fill", "fill-opacity", "stroke",
}  # fmt: skip
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
ADDRESS = re.compile(r"https?://[^\s\"<>]+|mailto:[^\s\"<>]+|(\.\./\.\./[a-z0-9-]+/[a-z0-9-]+/)?(#sec-[a-z0-9-]+)?")

PLACES = {
    "paragraph": "{}",
    "heading": "## {}",
    "emphasis": "**{}**",
    "code": "`{}`",
    "fence": "```bash {{run}}\n{}\n```",
    "yaml": "```yaml\n{}\n```",
    "html": "```html\n{}\n```",
    "fence info": "```bash {}\nls\n```",
    "file": "```bash {{file={}}}\nls\n```",
    "list": "- {}",
    "quote": "> {}",
    "cell": "| a | b |\n|---|---|\n| {} | x |",
    "link text": "[{}](https://a.example)",
    "link": "[x]({})",
    "link in brackets": "[x](<{}>)",
    "link title": '[x](https://a.example "{}")',
    "reference": "[x]\n\n[x]: {}",
    "picture": "![x]({})",
    "description": "![{}](boya.png)",
    "note": ":::note {}\n{}\n:::",
    "details": ":::details {}\n{}\n:::",
    "container": ":::{}\nx\n:::",
    "task": "::::task a {}\n{}\n\n:::hint\n{}\n:::\n:::solution\n{}\n:::\n::::",
    "quiz": ":::quiz q\n{}\n\n- [x] {} {{{}}}\n- [ ] x\n:::",
    "answer": ":::quiz q\n{}\n\nanswer: {}\nfeedback: {}\n:::",
}


def pieces(rendered: Rendered) -> list[str]:
    """Everything that a page shows as HTML."""
    found = []
    for part in rendered.parts:
        found.append(getattr(part, "html", ""))
        if isinstance(part, TaskPart):
            found += [*part.hints, part.solution]
    for quiz in rendered.quizzes.values():
        found += [quiz.question, quiz.feedback]
        found += [text for _, choice, feedback in quiz.choices for text in (choice, feedback)]
    return found


def assert_harmless(html: str) -> None:
    """A closed list of what may be there; whatever else there were, this would not need to know it."""
    for tag, attributes in Elements(html).found:
        allowed = SVG_ATTRIBUTES if tag in SVG_TAGS else ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | {"rel"}
        if tag == "img":
            assert set(attributes) == {"src", "alt", "loading"}
            assert PICTURE.fullmatch(attributes["src"])
            continue
        assert tag in TAGS | SVG_TAGS, html
        assert set(attributes) <= allowed, html
        if "href" in attributes:
            assert ADDRESS.fullmatch(attributes["href"]), html


def test_the_corpus_is_large_and_says_nothing_twice():
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 140


@pytest.mark.abuse
@pytest.mark.parametrize("place", PLACES)
def test_no_payload_reaches_a_reader(place: str):
    for payload in PAYLOADS:
        template = PLACES[place]
        text = template.format(*[payload] * template.count("{}"))
        rendered, _ = render_text(text, "puerto")
        for html in pieces(rendered):
            assert_harmless(html)


@pytest.mark.abuse
def test_no_payload_reaches_a_reader_through_a_diagram():
    drawn = 0
    for payload in PAYLOADS[::4]:
        label = payload.replace("\\", "\\\\").replace('"', '\\"')
        text = f'```diagram\n// caption: {payload}\ndigraph {{ a [label="{label}"]; }}\n```'
        rendered, _ = render_text(text)
        for html in pieces(rendered):
            drawn += "<svg" in html
            assert_harmless(html)
    assert drawn > 20


@pytest.mark.abuse
@pytest.mark.parametrize(
    "label", ["<<B>x</B>>", '<<TABLE HREF="javascript:x"><TR><TD>x</TD></TR></TABLE>>', "<<I>&lt;script&gt;</I>>"]
)
def test_labels_in_graphviz_own_html_are_shapes_or_nothing(label: str):
    try:
        svg = DIAGRAMS.draw(f"digraph {{ a [label={label}] }}")
    except DiagramError:
        svg = ""

    assert_harmless(svg)


def test_filled_in_values_are_harmless_too():
    rendered, _ = render_text('`${puerto}` <b title="${puerto}">', "puerto")
    values = draw("seed", specs_from({"puerto": {"choice": ["a.b-c_d", "e"]}}))

    assert_harmless(substitute(pieces(rendered)[0], values))


def test_the_judge_would_notice():
    """A positive control: what the corpus is about would fail if it came through."""
    caught = 0
    for payload in PAYLOADS:
        try:
            assert_harmless(payload)
        except AssertionError:
            caught += 1

    assert caught > 80
