"""The page of one's own data: with something on it, and after the wish to be erased."""

from lab_sessions.transitions import State
from privacy.actions import request_erasure
from tests.e2e.lesson_site import LessonSite


def worked(site: LessonSite) -> None:
    """A session and something handed in."""
    site.session(State.ENDED)
    site.submission("proceso-propio", "pass")


def asked(site: LessonSite) -> None:
    """The request is noted."""
    worked(site)
    request_erasure(by=site.learner)


PRIVACY_STATES = {"my data": (worked, "/my-data/"), "erasure asked for": (asked, "/my-data/")}
