"""What a learner hands in."""

import re
from typing import Any

from django.http import QueryDict

MAX_CHOICES = 50  # no question offers as many; what comes after is not read
POSITION = re.compile(r"[0-9]{1,3}")


def read_answer(data: QueryDict) -> dict[str, Any]:
    """Return an answer as `grading.actions.submit_exercise` takes it, which also judges whether it makes sense.

    Nothing else of the request is looked at: what it might say about a verdict or points has no way in.
    """
    choices = [int(value) for value in data.getlist("choice")[:MAX_CHOICES] if POSITION.fullmatch(value)]
    return {"choices": choices} if choices else {"text": data.get("text", "")}
