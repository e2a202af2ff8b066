"""The addresses of the pages. Lesson addresses are the keys of lessons: they stay when a course is revised."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from web import allauth_urls, operations_urls
from web.views import (
    accounts,
    classroom,
    cohort_lessons,
    cohort_people,
    cohorts,
    courses,
    credentials,
    devices,
    grades,
    health,
    helping,
    joining,
    lab_sessions,
    lessons,
    privacy,
    progress,
    rosters,
    submissions,
)

LESSON = "courses/<slug:course>/<slug:chapter>/<slug:lesson>/"
SESSION = "lab-sessions/<uuid:session>/"
COHORT = "cohorts/<int:cohort>/"
PERSON = f"{COHORT}people/<int:enrolment>/"


def _area(name: str, *patterns: URLPattern) -> URLResolver:
    return path("", include((list(patterns), name)))


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
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
    _area(
        "privacy",
        path("my-data/", privacy.my_data, name="my_data"),
        path("my-data/export/", privacy.export, name="export"),
        path("my-data/erasure/", privacy.erasure, name="erasure"),
    ),
    _area("operations", *operations_urls.patterns),
    # In Spanish, since people type them from a board.
    _area(
        "devices",
        path("prueba/", devices.trial, name="trial"),
        path("certificado/", devices.certificate, name="certificate"),
        path("certificado/muelle.crt", devices.certificate_file, name="certificate_file"),
    ),
    _area("progress", path("progress/", progress.mine, name="mine")),
    _area(
        "cohorts",
        path("cohorts/", cohorts.all_cohorts, name="all"),
        path("cohorts/new/", cohorts.new, name="new"),
        path(COHORT, cohort_people.people, name="people"),
        path(f"{COHORT}people.csv", cohort_people.export, name="export"),
        path(f"{COHORT}people/add/", cohort_people.add, name="add"),
        path(f"{COHORT}people/list/", rosters.roster, name="roster"),
        path(f"{COHORT}people/list/confirm/", rosters.confirm, name="confirm_roster"),
        path(PERSON, cohort_people.person, name="person"),
        path(f"{PERSON}role/", cohort_people.change_role, name="role"),
        path(f"{PERSON}move/", cohort_people.move, name="move"),
        path(f"{PERSON}remove/", cohort_people.remove, name="remove"),
        path(f"{COHORT}code/", joining.code, name="code"),
        path(f"{COHORT}code/open/", joining.open_code, name="open_code"),
        path(f"{COHORT}code/close/", joining.close_code, name="close_code"),
        path(f"{COHORT}code/renew/", joining.renew_code, name="renew_code"),
        path(f"{COHORT}lessons/", cohort_lessons.lessons, name="lessons"),
        path(f"{COHORT}lessons/<slug:course>/", cohort_lessons.doors, name="doors"),
        path(f"{COHORT}{LESSON}", cohort_lessons.rule, name="rule"),
        path(f"{COHORT}{LESSON}door/", cohort_lessons.door, name="door"),
        path(f"{COHORT}settings/", cohorts.settings, name="settings"),
        path(f"{COHORT}archive/", cohorts.archive, name="archive"),
        path(f"{COHORT}reopen/", cohorts.reopen, name="reopen"),
        path("join/", joining.enter_code, name="enter_code"),
        path("join/<str:code>/", joining.join, name="join"),
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
