"""The template that puts terminals on a page, and the sentences its JavaScript asks for."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js" / "terminal"
ENGLISH = dict(
    re.findall(r"^  (\w+): '((?:[^'\\]|\\.)*)',$", (SCRIPTS / "strings.js").read_text().split("};")[0], re.MULTILINE)
)


def render(**changes: object) -> str:
    context = {
        "session": SimpleNamespace(pk="6f1f0f2e-0000-4000-8000-000000000000"),
        "terminals": [SimpleNamespace(name="principal", title=""), SimpleNamespace(name="servidor", title='A "B" <c>')],
        "xterm_from_network": False,
    }
    with override("en"):
        return render_to_string("terminal/terminals.html", {**context, **changes})


def kebab(key: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "-" + match.group(1).lower(), key)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_every_sentence_of_the_scripts_is_translated_by_the_template(key: str) -> None:
    assert f'data-text-{kebab(key)}="{ENGLISH[key]}"' in render()


def test_the_template_has_no_sentence_that_no_script_uses() -> None:
    assert set(re.findall(r"data-text-([a-z-]+)=", render())) == {kebab(key) for key in ENGLISH}


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_every_sentence_is_used(key: str) -> None:
    scripts = "".join(path.read_text() for path in SCRIPTS.glob("*.js") if path.name != "strings.js")

    assert f"'{key}'" in scripts


def test_the_terminals_of_the_lab_are_named() -> None:
    page = render()

    assert 'data-url="/ws/terminal/6f1f0f2e-0000-4000-8000-000000000000/"' in page
    assert 'data-names="principal servidor "' in page
    assert 'data-title-servidor="A &quot;B&quot; &lt;c&gt;"' in page
    assert "data-title-principal" not in page


def test_the_network_is_used_only_where_the_settings_say_so() -> None:
    assert "data-network" not in render()
    assert "data-network" in render(xterm_from_network=True)
