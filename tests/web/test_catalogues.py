"""Every sentence of the site exists in Spanish and in English."""

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("es", "en")

Catalogue = dict[object, str]


def compiled(source: Path, target: Path) -> Catalogue:
    """Compile a catalogue and return what is translated in it, by message. Raises where msgfmt finds a mistake."""
    subprocess.run(["msgfmt", "--check", "--output-file", target, source], check=True, timeout=30)
    with target.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    return {message: text for message, text in catalogue.items() if message}


@pytest.fixture(scope="module")
def messages(tmp_path_factory) -> Catalogue:
    """Every sentence that templates and Python mark for translation, read from the source as it is now."""
    copy = tmp_path_factory.mktemp("source")
    for folder in ("platform", "templates"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "agent"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        from django.conf import settings

        patch.setattr(settings, "LOCALE_PATHS", [copy / "locale"])
        (copy / "locale").mkdir()
        call_command("makemessages", locale=["en"], no_location=True, verbosity=0)
    source = copy / "locale" / "en" / "LC_MESSAGES" / "django.po"
    filled = copy / "filled.po"
    subprocess.run(["msgen", "--output-file", filled, source], check=True, timeout=30)
    return compiled(filled, copy / "filled.mo")


@pytest.fixture(params=LANGUAGES)
def catalogue(request, tmp_path) -> Catalogue:
    source = ROOT / "locale" / request.param / "LC_MESSAGES" / "django.po"
    return compiled(source, tmp_path / "django.mo")


def test_there_is_something_to_translate(messages):
    assert "Start the lab" in messages
    assert len(messages) > 250


def test_every_sentence_is_translated(messages, catalogue):
    assert sorted(map(str, set(messages) - set(catalogue))) == []


def test_no_translation_is_left_of_sentences_that_are_gone(messages, catalogue):
    assert sorted(map(str, set(catalogue) - set(messages))) == []


def test_placeholders_are_the_same_in_every_language(catalogue):
    def placeholders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))

    for message, translation in catalogue.items():
        # Of a sentence with a plural only the forms are compared with each other: "you are next" names no number.
        text = catalogue[message[0], 1] if isinstance(message, tuple) else message.split("\x04")[-1]
        assert placeholders(translation) <= placeholders(text), text
        assert isinstance(message, tuple) or placeholders(translation) == placeholders(text), text


def test_spanish_speaks_to_one_person_and_does_not_shout(tmp_path):
    spanish = compiled(ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po", tmp_path / "es.mo")

    for text in spanish.values():
        assert "!" not in text
        assert not re.search(r"\b(usted|ustedes|vosotros|haga clic)\b", text, re.IGNORECASE), text
