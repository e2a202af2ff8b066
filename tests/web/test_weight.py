"""A lesson weighs little before its lab is started: phones, a slow line, thirty learners at eight."""

import gzip
import re
from pathlib import Path

import pytest

from courses.actions import sync_courses
from courses.models import Lesson
from tests.web.html import Structure

STATIC = Path(__file__).resolve().parents[2] / "static"
BUDGET = 100_000  # bytes on the line
_IMPORT = re.compile(r"""import\s*(?:\(|[^'"();]*from\s*|)\s*['"](\.[^'"]+)['"]""")


def compressed(data: bytes) -> int:
    return len(gzip.compress(data, 6, mtime=0))


def with_imports(script: Path) -> set[Path]:
    """Return a module and all that it loads, but for the terminal, which comes when a lab has been started."""
    found = {script}
    for target in _IMPORT.findall(script.read_text(encoding="utf-8")):
        module = (script.parent / target).resolve()
        if "terminal" not in module.parts and module not in found:
            found |= with_imports(module)
    return found


def files_of(html: str) -> set[Path]:
    """Return every static file that the browser fetches to show a page."""
    page = Structure(html)
    links = [link["href"] for link in page.all("link")]
    links += [attributes["src"] for tag, attributes in page.elements if tag == "script" and "src" in attributes]
    files = {(STATIC / link.removeprefix("/static/")).resolve() for link in links}
    scripts = [file for file in files if file.suffix == ".js" and "vendor" not in file.parts]
    return files.union(*(with_imports(script) for script in scripts))


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_first_lesson_weighs_at_most_100_kb(browser, language):
    sync_courses(by=None)
    browser.cookies["language"] = language
    lesson = Lesson.objects.get(number=1, chapter__number=1)

    sent = browser.get(f"/courses/{lesson.key}/", headers={"accept-encoding": "gzip"})
    html = gzip.decompress(sent.content)
    weights = {path.name: compressed(path.read_bytes()) for path in files_of(html.decode())}

    assert {"tokens.css", "htmx.min.js", "notices.js", "strings.js", "clock.js", "favicon.svg"} <= set(weights)
    assert not any(name.startswith("xterm") for name in weights)
    assert len(sent.content) + sum(weights.values()) <= BUDGET


def test_static_files_are_compressed_when_they_are_collected(settings):
    assert settings.STORAGES["staticfiles"]["BACKEND"].startswith("whitenoise.storage.Compressed")


def test_every_page_without_a_lesson_is_a_fraction_of_that(browser, world):
    html = browser.get("/courses/course/").content

    assert compressed(html) + sum(compressed(path.read_bytes()) for path in files_of(html.decode())) <= BUDGET / 2
