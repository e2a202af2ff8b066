"""Class codes: short enough to write on a blackboard, and to type on a phone."""

import secrets

# Neither vowels, so that no code is a word, nor signs that look alike on a blackboard (0/O, 1/I/L, 2/Z, 5/S, 8/B).
ALPHABET = "CDFGHJKMNPQRTVWXY34679"
CODE_LENGTH = 6


def draw_code() -> str:
    """Return a new class code. It names a class and opens nothing by itself; 22^6 are 113 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def clean_code(typed: str) -> str:
    """Return a code as it is stored: capitals, without the spaces and hyphens that people put in."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())
