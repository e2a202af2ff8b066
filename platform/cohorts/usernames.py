"""User names made from names: short, ascii, and nobody else's."""

import re
import unicodedata

MAX_STEM = 24  # letters; one has to type it on a phone
NAMELESS = "persona"  # for names without a single Latin letter
# Letters that have no accent to take off.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_OTHERS = re.compile(r"[^a-z0-9]+")


def draw_username(first_name: str, last_name: str, taken: set[str]) -> str:
    """Return a new user name, such as mgarcia for María García López, and add it to `taken`, all in small letters."""
    given, family = _words(first_name), _words(last_name)
    stem = (given[0][0] + family[0] if given and family else "".join((given or family)[:1]))[:MAX_STEM] or NAMELESS
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    taken.add(name)
    return name


def _words(name: str) -> list[str]:
    """Return the words of a name in ascii; the particles of family names are left out where something follows them."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    words = [word for word in _OTHERS.split(letters) if word]
    particles = {"de", "del", "la", "las", "los", "y", "da", "do", "dos", "van", "von", "der"}
    return [word for word in words if word not in particles] or words
