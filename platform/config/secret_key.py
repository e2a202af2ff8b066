"""The key that signs sessions, PINs and links: whoever guesses it is everybody."""

from typing import Final

SHORTEST: Final = 50  # signs; what Django's own inspection asks for, and what set-up draws has more
FEWEST: Final = 5  # different signs
# How keys begin that stand in tutorials and examples, for everybody to read.
EXAMPLES: Final = ("django-insecure-", "changeme", "change-me", "secret", "example")


def problem_with_key(key: str) -> str:
    """A sentence about why a site must not start with this key; empty if it may."""
    if not key:
        return "SECRET_KEY is empty. Run `make setup`, which draws one, or set it in the environment."
    if len(key) < SHORTEST or len(set(key)) < FEWEST or key.lower().startswith(EXAMPLES):
        return (
            f"SECRET_KEY can be guessed. It needs {SHORTEST} signs or more, drawn by chance: `make setup` and "
            "`make production` draw one."
        )
    return ""
