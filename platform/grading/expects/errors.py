"""Why a check could not look."""

from __future__ import annotations


class CouldNotLook(Exception):
    """Nothing is known about what was asked: the sandbox did not answer, or was kept from answering. Never a fail.

    `sentence` is shown to the learner, translated; the text of the exception is for staff. With `transient`, looking
    again may work.
    """

    def __init__(self, sentence: str, detail: str = "", *, transient: bool = False) -> None:
        super().__init__(detail or sentence)
        self.sentence = sentence
        self.transient = transient
