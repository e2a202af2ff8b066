"""The HTML of a lesson, finished for one reader: their values, and the field for an answer.

What comes in is HTML that has been through the sanitiser when the course was synced; values consist of letters and
digits only, and the field is made here. So what goes out is safe.
"""

import re
from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from content.documents import ANSWER_PLACEHOLDER
from content.values import substitute

MAX_ANSWER = 200  # characters that a learner may type; answers are facts, not essays

_VALUE = re.compile(r'<var class="value">(\$\{([a-z][a-z0-9_]{0,31})\})</var>')
_CODE = re.compile(r"`([^`\n]+)`")


def fill_html(html: str, values: Mapping[str, str]) -> SafeString:
    """Fill in the reader's values, marked so that the page can exchange them when a lab starts."""
    marked = _VALUE.sub(lambda found: f'<var class="value" data-value="{found[2]}">{found[1]}</var>', html)
    return mark_safe(substitute(marked, values))  # noqa: S308


def fill_task(html: str, values: Mapping[str, str], *, slug: str, answer: str = "") -> SafeString:
    """The same for the text of a task, with the answer field where its author wants it."""
    field = render_to_string("submissions/_answer.html", {"slug": slug, "answer": answer, "max_length": MAX_ANSWER})
    return mark_safe(fill_html(html, values).replace(ANSWER_PLACEHOLDER, field.strip()))  # noqa: S308


def with_code(text: str) -> SafeString:
    """Plain text with `code` in backticks as HTML. Whatever the text holds, only <code> comes out as an element."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308
