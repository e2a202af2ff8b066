"""`answer`: what the learner typed."""

import pytest

from grading.expects import answer


def judged(look, typed, **arguments):
    return answer.judge(arguments, answer.gather(arguments, look(answer=typed)))


@pytest.mark.parametrize(
    ("typed", "arguments", "passes"),
    [
        ("a1b2", {"equals": "a1b2"}, True),
        ("  A1B2\n", {"equals": "a1b2"}, True),
        ("A1B2", {"equals": "a1b2", "exact": True}, False),
        ('"a1b2"', {"equals": "a1b2"}, True),
        ("«a1b2»", {"equals": "a1b2"}, True),
        ("`a1b2`", {"equals": "a1b2"}, True),
        ("a1b3", {"equals": "a1b2"}, False),
        ("192", {"equals": 192}, True),
        ("192,0", {"equals": 192}, True),
        ("192 MiB", {"equals": 192}, False),
        ("12", {"min": 10, "max": 13}, True),
        ("faro", {"one_of": ["Faro", "boya"]}, True),
        ("", {"matches": ".*"}, False),
        ("two  words", {"equals": "two words"}, True),
    ],
)
def test_an_answer_is_right_or_not(look, typed, arguments, passes):
    assert judged(look, typed, **arguments).passed is passes


def test_what_would_be_right_is_never_said(look):
    finding = judged(look, "wrong", equals="secret-value")

    assert "secret-value" not in str(finding)
    assert finding.aspects[0].found["en"] == "You answered `wrong`"
    assert finding.observed == "wrong"


def test_no_answer_is_said_to_be_none(look):
    finding = judged(look, " ", equals="x")

    assert finding.aspects[0].found["en"] == "No answer was given"
    assert finding.observed is None
