"""One thing against one condition, said in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.base import Aspect
from grading.expects.operators import as_text, describe, is_met
from grading.expects.texts import Texts, code, say


def compare(subject: Texts, condition: Any, observed: Any, *others: Any, fold: bool = False) -> Aspect:
    """Hold what was observed (or one of `others`, which mean the same) against a condition.

    `subject` begins both sentences.
    """
    return Aspect(
        holds=any(is_met(condition, candidate, fold=fold) for candidate in (observed, *others)),
        expected=say(_("%(subject)s %(condition)s"), subject=subject, condition=describe(condition)),
        found=found_to_be(subject, observed),
    )


def found_to_be(subject: Texts, observed: Any) -> Texts:
    """Return "subject is such", or that it is empty or not there."""
    if observed is None:
        return say(_("%(subject)s is not there"), subject=subject)
    text = as_text(observed)
    if not text.strip():
        return say(_("%(subject)s is empty"), subject=subject)
    return say(_("%(subject)s is %(value)s"), subject=subject, value=code(text))
