"""What templates and scripts are told."""

import json
import re
from pathlib import Path

import pytest

from tests.web.html import Structure
from web.context import strings

SCRIPTS = [
    path
    for path in (Path(__file__).resolve().parents[2] / "static" / "js").rglob("*.js")
    if "terminal" not in path.parts
]
USED = sorted({key for path in SCRIPTS for key in re.findall(r"sentence\('(\w+)'", path.read_text(encoding="utf-8"))})


def test_scripts_are_given_the_sentences_that_they_use_and_no_others():
    rendered = {"retry"}  # the template shows this one

    assert set(strings()) == {*USED, *rendered}


def test_scripts_speak_the_language_of_the_page(browser, world):
    html = browser.get(world.path).content.decode()

    found = re.search(r'<script id="strings" type="application/json">(.*?)</script>', html)
    assert json.loads(found[1])["copied"] == "Copied"


def test_htmx_is_told_not_to_evaluate_anything(browser, world):
    page = Structure(browser.get(world.path).content.decode())

    config = json.loads(page.one("meta", name="htmx-config")["content"])
    assert config["allowEval"] is config["allowScriptTags"] is config["includeIndicatorStyles"] is False
    assert config["selfRequestsOnly"] is True


@pytest.mark.parametrize("code", ["204", "200", "409", "422", "401", "404", "500"])
def test_htmx_shows_sentences_and_no_error_pages(code):
    from web.context import HTMX_CONFIG

    rule = next(rule for rule in HTMX_CONFIG["responseHandling"] if re.fullmatch(rule["code"], code))

    assert rule["swap"] == (code in {"200", "409", "422"})
