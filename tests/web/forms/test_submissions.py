"""What a learner hands in."""

import pytest
from django.http import QueryDict

from web.forms.submissions import MAX_CHOICES, read_answer


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("text=buoy", {"text": "buoy"}),
        ("", {"text": ""}),
        ("choice=2", {"choices": [2]}),
        ("choice=0&choice=2", {"choices": [0, 2]}),
        ("choice=1&text=x", {"choices": [1]}),
        ("choice=-1&choice=1e3&choice=%D9%A3&choice=12345", {"text": ""}),
        ("verdict=pass&points=9&text=x", {"text": "x"}),
    ],
)
def test_reads_choices_or_text_and_nothing_else(query, answer):
    assert read_answer(QueryDict(query)) == answer


def test_endless_choices_are_not_read():
    assert len(read_answer(QueryDict("&".join(["choice=1"] * 900)))["choices"]) == MAX_CHOICES
