"""The small course of the tests, and ways to break it and to look at what comes out."""

import shutil
from html.parser import HTMLParser
from pathlib import Path

from content.diagrams import Diagrams
from content.loader import load_course
from content.markdown.context import Context
from content.markdown.lesson import Rendered, render
from content.problems import ContentErrors

FIXTURES = Path(__file__).parent / "fixtures" / "courses"
COURSE = FIXTURES / "puerto"
MOORING = "01-muelle/01-amarrar"
LEAVING = "01-muelle/02-zarpar"

DIAGRAMS = Diagrams()


def copy_course(folder: Path) -> Path:
    """A copy of the course that a test may break."""
    return Path(shutil.copytree(COURSE, folder / "puerto"))


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is in {path} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems_of(course: Path, images: Path | None = None) -> list[str]:
    """What is wrong with a course, one line each, paths from its folder."""
    try:
        load_course(course, diagrams=DIAGRAMS, images=images)
    except ContentErrors as error:
        return [str(problem).removeprefix(f"{course}/") for problem in error.problems]
    return []


def make_context(folder: Path = COURSE / LEAVING, *values: str, language: str = "es") -> Context:
    return Context(
        file="lesson.es.md",
        language=language,
        folder=folder,
        chapters=folder.parent.parent,
        draw=DIAGRAMS.draw,
        values=frozenset(values),
    )


def render_text(text: str, *values: str, language: str = "es") -> tuple[Rendered, list[str]]:
    """A lesson's text and what is wrong with it, as `line: message mend`."""
    context = make_context(COURSE / LEAVING, *values, language=language)
    rendered = render(text, context)
    return rendered, [str(problem).removeprefix("lesson.es.md:") for problem in context.problems]


def html_of(text: str, *values: str, language: str = "es") -> str:
    """The HTML of a text in which nothing is wrong."""
    rendered, problems = render_text(text, *values, language=language)
    assert problems == []
    return "".join(getattr(part, "html", "") for part in rendered.parts)


class Elements(HTMLParser):
    """Every element of some HTML with its attributes, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.found.append(("!--", {}))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("!", {}))
