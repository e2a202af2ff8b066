"""The second line of defence. The renderer only writes HTML of its own; here everything else is thrown away."""

from __future__ import annotations

import re

import nh3

_CLASS = re.compile(r"[a-z][a-z0-9-]{0,40}( [a-z][a-z0-9-]{0,40}){0,4}")
_IDENTIFIER = re.compile(r"sec-[a-z0-9-]{1,80}")
_LOCAL_LINK = re.compile(r"(\.\./\.\./[a-z0-9-]+/[a-z0-9-]+/)?(#sec-[a-z0-9-]+)?")
_FRAGMENT = re.compile(r'<span data-fragment="(\d{1,4})"></span>')

TAGS = {
    "a", "aside", "blockquote", "br", "code", "details", "div", "em", "figcaption", "figure", "h2", "h3", "h4", "hr",
    "li", "ol", "p", "pre", "s", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "var",
}  # fmt: skip
INLINE_TAGS = {"a", "br", "code", "em", "s", "span", "strong", "var"}
ATTRIBUTES = {
    "*": {"class"},
    "a": {"href", "title"},
    "div": {"tabindex", "role", "aria-label"},
    "figure": {"data-code", "data-mode", "data-language", "data-terminal", "data-path"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "span": {"data-fragment"},
    "td": {"class"},
    "th": {"class", "scope"},
}


def clean(html: str, fragments: list[str] | None = None) -> str:
    """Keep what is on the lists, then put our own drawings and pictures where they belong."""
    return _insert(_BLOCKS.clean(html), fragments or [])


def clean_inline(html: str, fragments: list[str] | None = None) -> str:
    """The same for text inside a line."""
    return _insert(_LINES.clean(html), fragments or [])


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return value if _CLASS.fullmatch(value) else None
    if attribute == "id":
        return value if _IDENTIFIER.fullmatch(value) else None
    if attribute == "href":
        outside = value.startswith(("https://", "http://", "mailto:"))
        return value if outside or (value and _LOCAL_LINK.fullmatch(value)) else None
    return value


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


_BLOCKS = _cleaner(TAGS)
_LINES = _cleaner(INLINE_TAGS)


def _insert(html: str, fragments: list[str]) -> str:
    return _FRAGMENT.sub(lambda found: fragments[int(found[1])], html)
