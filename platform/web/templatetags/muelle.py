"""What templates of all areas use: icons, numbers, text with code in it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext

from courses.models import in_language
from web.addresses import Address
from web.icons import ICONS
from web.kinds import CHECKS
from web.texts import with_code

register = template.Library()

LONGEST_IN_MINUTES = 100  # from here on, nobody knows at a glance how long that is
LONGEST_IN_HOURS = 48


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a small sign. It says nothing to screen readers: the words beside it do."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  # a constant of ours
    return format_html('<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>', drawing)


@register.simple_tag
def address(name: str, key: str, **more: str) -> str:
    """Return the path of a page below the lesson that `key` belongs to."""
    return Address.of(key).url(name, **more)


@register.filter
def figure(value: Decimal | float | str) -> str:
    """Write points as people do: 2, not 2.00; 1.5 in the reader's own notation."""
    return number_format(Decimal(str(value)).normalize().quantize(Decimal("0.01")).normalize() + 0, use_l10n=True)


@register.filter
def duration(minutes: int) -> str:
    """Write a time as people say it: 80 min, but 2 h 50 min, and 14 d."""
    hours, rest = divmod(minutes, 60)
    if minutes < LONGEST_IN_MINUTES:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    if hours >= LONGEST_IN_HOURS:
        return gettext("%(days)d d") % {"days": hours // 24}
    if not rest:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def ago(moment: datetime) -> str:
    """Say how long ago something was, in the one unit that matters."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(moment, depth=1)}


@register.filter
def spoken(texts: dict[str, Any] | str) -> SafeString:
    """Show the text in the reader's language, with `code` in backticks set as code."""
    return with_code(str(in_language(texts)) if isinstance(texts, dict) else str(texts))


@register.filter
def check_kind(kind: str) -> str:
    """Say what a kind of check looks at; a kind that there is no more stays as it was called."""
    return str(CHECKS.get(kind, kind))


@register.filter
def entry(mapping: Mapping[str, Any], key: str) -> Any:
    """Return what a mapping has under a key that the template knows only as a variable; None where it has nothing."""
    return mapping.get(key)


@register.filter
def share(part: Decimal | float, whole: Decimal | float) -> str:
    """Return part of whole in per cent, as an SVG attribute wants it."""
    return f"{min(100.0, 100 * float(part) / float(whole)) if whole else 0:.1f}%"
