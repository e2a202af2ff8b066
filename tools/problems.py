"""What set-up says when something cannot be done: one sentence on what is wrong, one on what to do about it."""


class Problem(Exception):
    """A failure that a person can act on. The runner prints it without a traceback; `--verbose` adds the traceback.

    sentence: what is wrong. mend: what to do, in the imperative. detail: the last lines of the program that failed.
    """

    def __init__(self, sentence: str, mend: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.mend = mend
        self.detail = detail
