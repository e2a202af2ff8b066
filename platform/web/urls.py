"""The addresses of the pages. Lesson addresses are the keys of lessons: they stay when a course is revised."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from web import allauth_urls
from web.views import (
    accounts,
    classroom,
    cohorts,
    courses,
    credentials,
    grades,
    health,
    helping,
    lab_sessions,
    lessons,
    progress,
    submissions,
)

LESSON = "courses/<slug:course>/<slug:chapter>/<slug:lesson>/"
SESSION = "lab-sessions/<uuid:session>/"
COHORT = "cohorts/<int:cohort>/"


def _area(name: str, *patterns: URLPattern) -> URLResolver:
    return path("", include((list(patterns), name)))


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    _area(
        "accounts",
        path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
        path("sign-in/class/", accounts.SignInWithPin.as_view(), name="sign_in_class"),
        path("sign-out/", accounts.SignOut.as_view(), name="sign_out"),
        path("preferences/", accounts.preferences, name="preferences"),
        path("account/", credentials.account, name="mine"),
        path("account/password/", credentials.password, name="password"),
        path("people/<int:person>/password/", credentials.reset, name="reset_password"),
        path(f"{COHORT}slips/", credentials.slips, name="slips"),
    ),
    _area("progress", path("progress/", progress.mine, name="mine")),
    _area(
        "cohorts",
        path("cohorts/", cohorts.all_cohorts, name="all"),
        path(COHORT, cohorts.people, name="people"),
        path(f"{COHORT}lessons/", cohorts.lessons, name="lessons"),
        path(f"{COHORT}settings/", cohorts.settings, name="settings"),
    ),
    _area(
        "classroom",
        path(f"{COHORT}now/", classroom.now, name="now"),
        path(f"{COHORT}now/rows/", classroom.rows, name="rows"),
        path(f"{COHORT}now/learners/<int:learner>/", classroom.learner, name="learner"),
        path(f"{COHORT}now/hands/<int:hand>/take/", classroom.take, name="take"),
        path(f"{COHORT}now/hands/<int:hand>/done/", classroom.done, name="done"),
        path(f"{COHORT}now/say/", classroom.say, name="say"),
        path(f"{COHORT}now/said/<int:announcement>/withdraw/", classroom.unsay, name="unsay"),
        path(f"{COHORT}now/warm-ups/", classroom.warm, name="warm"),
        path(f"{COHORT}now/warm-ups/<int:wish>/cancel/", classroom.cool, name="cool"),
        path(f"{COHORT}now/extend/", classroom.extend, name="extend_all"),
        path(f"{COHORT}now/end/", classroom.end, name="end_all"),
        path(f"{COHORT}now/reveal/", classroom.reveal, name="reveal"),
        path(f"{COHORT}now/{SESSION}", helping.assist, name="assist"),
        path(f"{COHORT}now/{SESSION}ask/", helping.ask, name="ask"),
        path(f"{COHORT}now/{SESSION}leave/", helping.leave, name="leave"),
        path(f"{COHORT}now/{SESSION}extend/", helping.extend, name="extend"),
        path(f"{COHORT}now/{SESSION}end/", helping.end, name="end"),
        path(f"{LESSON}class/", helping.strip, name="strip"),
        path(f"{LESSON}class/hand/", helping.raise_, name="raise_hand"),
        path(f"{LESSON}class/hand/lower/", helping.lower, name="lower_hand"),
        path(f"{LESSON}class/assistances/<uuid:assistance>/allow/", helping.allow, name="allow"),
        path(f"{LESSON}class/assistances/<uuid:assistance>/stop/", helping.stop, name="stop"),
        path(f"{LESSON}class/announcements/<int:announcement>/dismiss/", helping.dismiss, name="dismiss"),
    ),
    _area(
        "grades",
        path(f"{COHORT}grades/", grades.table, name="table"),
        path(f"{COHORT}grades/export/", grades.export, name="export"),
        path(f"{COHORT}grades/learners/<int:learner>/", grades.learner, name="learner"),
        path(f"{COHORT}grades/learners/<int:learner>/exercises/<int:exercise_id>/", grades.override, name="override"),
        path(f"{COHORT}grades/overrides/<int:override>/withdraw/", grades.withdraw, name="withdraw"),
        path(f"{COHORT}grades/{LESSON}", grades.statistics, name="statistics"),
        path(f"{COHORT}grades/{LESSON}exercises/<slug:exercise>/", grades.check, name="check"),
        path(f"{COHORT}grades/{LESSON}exercises/<slug:exercise>/again/", grades.judge_again, name="judge_again"),
    ),
    _area(
        "courses",
        path("", courses.home, name="home"),
        path("courses/<slug:course>/", courses.course, name="course"),
    ),
    _area(
        "lessons",
        path(LESSON, lessons.lesson, name="lesson"),
        path(f"{LESSON}states/", lessons.states, name="states"),
        path(f"{LESSON}exercises/<slug:exercise>/hints/<int:number>/", lessons.hint, name="hint"),
    ),
    _area(
        "lab_sessions",
        path(f"{LESSON}lab/", lab_sessions.pane, name="pane"),
        path(f"{LESSON}lab/start/", lab_sessions.start, name="start"),
        path(f"{SESSION}clock/", lab_sessions.clock, name="clock"),
        path(f"{SESSION}extend/", lab_sessions.extend, name="extend"),
        path(f"{SESSION}keep/", lab_sessions.keep, name="keep"),
        path(f"{SESSION}reset/", lab_sessions.reset, name="reset"),
        path(f"{SESSION}end/", lab_sessions.end, name="end"),
    ),
    _area(
        "submissions",
        path(f"{LESSON}exercises/<slug:exercise>/", submissions.submit, name="submit"),
        path("submissions/<uuid:submission>/", submissions.result, name="result"),
    ),
]
if settings.MUELLE_TOTP or settings.MUELLE_OIDC_SERVER_URL:
    urlpatterns += allauth_urls.common
if settings.MUELLE_TOTP:
    urlpatterns += allauth_urls.second_factor
if settings.MUELLE_OIDC_SERVER_URL:
    urlpatterns += allauth_urls.openid_connect
