"""Plain text and anchors."""

from hypothesis import given
from hypothesis import strategies as st

from content.markdown.sanitise import clean
from content.markdown.text import anchor


def test_an_anchor_is_made_of_plain_letters():
    assert anchor("¿Qué es un contenedor?", ()) == "sec-que-es-un-contenedor"
    assert anchor("!!!", ()) == "sec-x"


def test_taken_anchors_are_counted_on():
    assert anchor("a", {"sec-a", "sec-a-2"}) == "sec-a-3"


@given(st.text(max_size=200))
def test_every_anchor_passes_the_sanitiser(text: str):
    name = anchor(text, ())

    assert clean(f'<h2 id="{name}">x</h2>') == f'<h2 id="{name}">x</h2>'
