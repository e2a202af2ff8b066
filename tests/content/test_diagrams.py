"""Diagrams: drawn once, in the theme's colours, reaching nothing."""

import subprocess
import time

import pytest
from content_files import Elements

from content import diagrams
from content.diagrams import DiagramError, Diagrams

BOATS = 'digraph { boat [class="accent" style=filled]; boat -> pier [label="tied", class=good]; }'


def refusal(source: str) -> DiagramError:
    with pytest.raises(DiagramError) as caught:
        Diagrams().draw(source)
    return caught.value


def test_a_diagram_is_one_element_without_colours_ids_or_links():
    svg = Diagrams().draw(BOATS)
    found = Elements(svg).found

    assert svg.startswith("<svg viewBox=")
    assert {tag for tag, _ in found} == {"svg", "g", "ellipse", "path", "polygon", "text"}
    assert {attrs.get("fill") for _, attrs in found} <= {None, "none", "currentColor"}
    assert {attrs.get("stroke") for _, attrs in found} <= {None, "none", "currentColor"}
    assert not any("id" in attrs or "href" in attrs or "style" in attrs for _, attrs in found)
    assert "node accent" in svg
    assert "edge good" in svg


def test_letters_are_escaped():
    svg = Diagrams().draw('digraph { a [label="<script>&\\"" tooltip="<b>"]; }')

    assert "<script" not in svg
    assert "&lt;script&gt;&amp;" in svg


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("digraph{\n\na -> }", 3, "This is not DOT, the language of Graphviz."),
        ("", 1, "This is not DOT, the language of Graphviz."),
        ("digraph{a[color=red]}", 1, "This diagram has the colour `red`."),
        ('digraph{a[fontcolor="#ff0000"]}', 1, "This diagram has the colour `#ff0000`."),
        ('digraph{a[style=filled,fillcolor="red:blue"]}', 1, "This diagram has a gradient."),
        ("digraph{a[class=big]}", 1, "`big` is not a class of diagrams."),
        ("digraph{\n" + "a;" * 5000 + "}", 1, "This diagram has more than 8 KiB."),
        ('digraph{\na[URL="javascript:alert(1)"]}', 2, "`URL` reaches out of the diagram."),
        ('digraph{a[label=<<IMG SRC="/etc/passwd"/>>]}', 1, "`SRC` reaches out of the diagram."),
        ('digraph{\n\na[image="/etc/passwd"]}', 3, "`image` reaches out of the diagram."),
        ('digraph{stylesheet="https://evil.example/x.css"}', 1, "`stylesheet` reaches out of the diagram."),
        ("digraph{a[headhref=x]}", 1, "`headhref` reaches out of the diagram."),
    ],
)
def test_what_cannot_be_drawn_is_said(source: str, line: int, message: str):
    error = refusal(source)

    assert (error.line, error.message) == (line, message)
    assert error.mend


@pytest.mark.abuse
@pytest.mark.parametrize(
    "source",
    [
        "graph{" + ";".join(f"a{i}--{{{' '.join(f'a{j}' for j in range(60))}}}" for i in range(20)) + "}",
        "digraph{a[shape=polygon sides=100000000]}",
        "digraph{a[peripheries=100000000]}",
    ],
)
def test_greedy_diagrams_are_stopped(source: str):
    started = time.monotonic()

    error = refusal(source)

    assert "too much" in error.message or "more than" in error.message or "too big" in error.message
    assert time.monotonic() - started < 2 * diagrams.TIMEOUT


def test_a_drawing_that_hangs_is_given_up(monkeypatch):
    def hang(*args, timeout, **options):
        raise subprocess.TimeoutExpired("dot", timeout)

    monkeypatch.setattr(subprocess, "run", hang)

    assert refusal(BOATS).message == "Drawing takes more than 5 seconds."


def test_a_drawing_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(diagrams, "MAX_SVG", 100)

    assert refusal(BOATS).message == "The drawing is too big."


def test_fonts_that_are_new_to_this_machine_stop_nothing(monkeypatch, tmp_path):
    """Fontconfig then writes what it learned of them, which nothing that draws may do."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(f"<fontconfig><dir>/usr/share/fonts</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setitem(diagrams._ENVIRONMENT, "FONTCONFIG_FILE", str(fonts))

    assert "<svg" in Diagrams().draw(BOATS)


def test_without_graphviz_the_author_knows_what_to_install(monkeypatch):
    monkeypatch.setitem(diagrams._ENVIRONMENT, "PATH", "/nonexistent")

    error = refusal(BOATS)

    assert error.message == "The diagram cannot be drawn: the program `dot` is missing."
    assert error.mend == "Install the package `graphviz`."


def test_a_text_is_drawn_once(monkeypatch, tmp_path):
    once = Diagrams(tmp_path / "cache")
    svg = once.draw(BOATS)
    monkeypatch.setattr(subprocess, "run", None)

    assert once.draw(BOATS) == svg
    assert Diagrams(tmp_path / "cache").draw(BOATS) == svg


def test_nothing_unfinished_stays_in_the_cache(tmp_path):
    Diagrams(tmp_path).draw(BOATS)

    assert [path.suffix for path in tmp_path.iterdir()] == [".svg"]
