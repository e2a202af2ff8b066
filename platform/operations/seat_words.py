"""Why a class fits or not, in words."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from lab_sessions.seats import Reason, SeatPlan
from sandboxes.limits import GIB, MIB

SENTENCES = {
    "memory_enough": gettext_noop("The class takes about %(need)s of memory, and %(have)s are free for labs."),
    "memory_short": gettext_noop("The class takes about %(need)s of memory, and only %(have)s are free for labs."),
    "memory_worst": gettext_noop(
        "The class takes about %(need)s of memory, and %(have)s are free for labs. If everybody used all they may "
        "(%(worst)s), the machine would not have it."
    ),
    "places_short": gettext_noop(
        "The server has %(places)s more places for labs (MUELLE_MAX_LIVE_SESSIONS), so %(waiting)s would wait in the "
        "queue."
    ),
    "disk_enough": gettext_noop("Even if everybody filled their disk (%(worst)s), %(have)s are free."),
    "disk_worst": gettext_noop("If everybody filled their disk (%(worst)s), %(have)s would not do. Few ever do."),
    "disk_short": gettext_noop("Disks need at least %(least)s, and %(have)s are free."),
    "processors_busy": gettext_noop(
        "As such labs were seen to work, they keep %(used)s of %(have)s processors busy: it will feel slow at times."
    ),
    "pool_short": gettext_noop(
        "The pool holds %(warm)s machines of this kind; the other %(rest)s start cold, and the last one waits "
        "%(time)s. The pool's most is a setting (MUELLE_POOL_MAX, MUELLE_POOL_MAX_ENGINE)."
    ),
    "warm_up": gettext_noop("Warming up for everybody takes about %(time)s; then each start takes an instant."),
    "assumed": gettext_noop(
        "Nobody has used labs of this kind here lately, so the figures are assumed. They get better by use."
    ),
}
SIZES = frozenset({"need", "worst", "least"})
LONGEST_IN_SECONDS = 120  # from here on, nobody feels how long that is


def sentence_for(reason: Reason) -> str:
    """Return why, in the active language."""
    shown = {name: _shown(reason, name, value) for name, value in reason.figures.items()}
    if "seconds" in reason.figures:
        shown["time"] = waiting(reason.figures["seconds"])
    return _(SENTENCES[reason.key]) % shown


def waiting(seconds: int) -> str:
    """Return a time as people say it: 34 s, but 14 min."""
    if seconds < LONGEST_IN_SECONDS:
        return _("%(seconds)d s") % {"seconds": seconds}
    return _("%(minutes)d min") % {"minutes": round(seconds / 60)}


def answer_of(plan: SeatPlan) -> str:
    """Return whether the class fits, in a few words."""
    figures = {"count": plan.learners, "most": plan.most_learners}
    if plan.fits:
        return ngettext("Yes, %(count)s learner fits", "Yes, %(count)s learners fit", plan.learners) % figures
    return _("No: %(most)s of %(count)s fit") % figures


def facts_of(plan: SeatPlan) -> list[tuple[str, str]]:
    """Return what the class takes: names and values."""
    worst = _("(at most %(memory_worst)s)") % {"memory_worst": size(plan.memory_worst_bytes)}
    facts = [(_("Memory"), f"{size(plan.memory_bytes)} {worst}")]
    if plan.disk_worst_bytes:
        facts.append((_("Disk"), _("at most %(disk)s") % {"disk": size(plan.disk_worst_bytes)}))
    facts.append((_("Warm-up"), _("about %(time)s") % {"time": waiting(plan.warm_seconds)}))
    return [*facts, (_("Fit in all"), str(plan.most_learners))]


def size(count: float) -> str:
    """Return a number of bytes as people say it, with a comma or a point as their language wants it."""
    if count < GIB:
        return f"{count / MIB:.0f} MiB"
    places = 0 if count >= 10 * GIB else 1
    return f"{number_format(round(count / GIB, places), places)} GiB"  # number_format cuts, and does not round


def _shown(reason: Reason, name: str, value: Any) -> str:
    is_size = name in SIZES or (name == "have" and reason.key != "processors_busy")
    return size(value) if is_size else str(value)
