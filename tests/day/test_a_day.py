"""The day of three kinds of people, from an empty site to a backup restored elsewhere.

An admin makes a class from a list of thirty. Its instructor hands out slips, warms machines up and opens the lesson.
All thirty do it at once, three of them in Chromium, one on a phone. The instructor helps one in their terminal,
corrects a wrong check and takes the grades home. Then the power goes.
"""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_facts import Engine
from playwright.sync_api import Page, expect
from running_site import wait_for
from site_courses import SMALL_LESSON

from tests.day.school import (
    AT_ONCE,
    COURSE_TITLE,
    LEARNERS,
    QUESTION,
    ROSTER,
    ROWS,
    SLIPS,
    SOON,
    TASK,
    WARM,
    School,
    SlipLearner,
    download_grades,
    screen_shows,
)
from tests.e2e.terminal_page import terminal_text, type_in_terminal
from tests.life.service import ServedSite
from tests.life.test_power_cut import BACK, SENTENCE, check_submissions, hand_in_and_cut
from tools.backup.chores import backup, restore
from tools.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.docker]

NAMES = [f"{given} {family}" for given, family in ROSTER]
ON_PAPER = NAMES[:3]  # those who sit at a Chromium; the third has a phone
ASKED = 20  # of the others: how many answer the question before it is corrected
PRESSING = 6  # of the rest: how many hand in while the power goes
SEEN = 10_000  # ms; a change is to be in the class view within 2 s, and here two cores have thirty labs
LESSON = f"/courses/{SMALL_LESSON}/"
GREAT, PARTLY = "2/2", "1/2"


def test_the_day_of_an_admin_an_instructor_and_thirty_learners(school: School, tmp_path: Path) -> None:
    with school.part("the admin makes a class from a list of thirty"):
        make_class(school)
    teacher = school.enter("docente")
    with school.part("the instructor draws slips"):
        draw_slips(school, teacher)
    with school.part("the instructor warms up and opens the lesson"):
        open_lesson(school, teacher)
    with school.part("thirty sign in, start their labs and tick a task, at once"):
        pages, others, keys = work_at_once(school, teacher)
    with school.part("a hand goes up, and the instructor helps in the terminal"):
        help_one(school, teacher, pages[0])
    with school.part("a wrong check is corrected, and judged again"):
        correct(school, teacher, pages[1], dict(list(zip(others, keys, strict=True))[:ASKED]))
    with school.part("the instructor takes the grades home"):
        grades = take_grades(school, teacher)
    with school.part("the power goes and comes back"):
        cut_power(school, teacher, pages[2], others[-PRESSING:])
    assert download_grades(teacher, school.cohort) == grades
    with school.part("the backup is restored elsewhere"):
        restore_elsewhere(school, grades, tmp_path)
    assert school.complaints == []
    assert mishaps(school.logs()) == []


def mishaps(said: str) -> list[str]:
    """Return the lines of logs that tell of what must not happen. That machines went with the power, logs say too."""
    wrong = re.compile(r"database is locked|Traceback|\b(ERROR|CRITICAL)\b| 5\d\d \d+ ms")
    return [line for line in said.splitlines() if wrong.search(line) and not line.endswith("vanished")]


def make_class(school: School) -> None:
    """An admin signs in, makes a class with a course and an instructor, and fills it from a list."""
    admin = school.enter("admin")
    admin.goto("/cohorts/new/")
    admin.fill("#id_name", "2º SMR")
    admin.get_by_label(COURSE_TITLE).check()
    admin.get_by_role("button", name="Make the class").click()
    admin.wait_for_url(re.compile(r"/cohorts/\d+/people/add/$"))
    found = re.search(r"/cohorts/\d+/", admin.url)
    assert found is not None
    school.cohort = found[0]
    admin.fill("#id_username", "docente")
    admin.select_option("#id_role", "instructor")
    admin.get_by_role("button", name="Add", exact=True).click()
    admin.wait_for_load_state()

    rows = "".join(f"{given};{family}\r\n" for given, family in ROSTER)
    admin.goto(f"{school.cohort}people/list/")
    file = {"name": "lista.csv", "mimeType": "text/csv", "buffer": f"nombre;apellidos\r\n{rows}".encode("cp1252")}
    admin.set_input_files("#id_file", [file])  # type: ignore[list-item]
    admin.get_by_role("button", name="See what would be done").click()
    expect(admin.locator("tbody tr")).to_have_count(LEARNERS)
    expect(admin.locator("main")).to_contain_text(f"{LEARNERS} new accounts")
    admin.get_by_role("button", name=f"Add {LEARNERS} people").click()
    expect(admin.locator("main")).to_contain_text(NAMES[-1])
    expect(admin.locator("body")).to_contain_text(f"{LEARNERS} people were added.")
    admin.context.close()


def draw_slips(school: School, teacher: Page) -> None:
    """Every learner has a slip with the class code and a PIN that nobody else has."""
    teacher.goto(f"{school.cohort}slips/")
    teacher.get_by_role("button", name="Draw PINs and show the slips").click()
    expect(teacher.locator(".slip")).to_have_count(LEARNERS)
    school.slips = {name: (code, pin) for name, code, pin in teacher.evaluate(SLIPS)}
    assert sorted(school.slips) == NAMES
    assert len({pin for _code, pin in school.slips.values()}) == LEARNERS


def open_lesson(school: School, teacher: Page) -> None:
    """Machines get warm for a lesson that is shut; then it is opened by hand."""
    teacher.goto(f"{school.cohort}lessons/")
    door = teacher.locator(".door").first
    door.get_by_role("button", name="Shut").click()
    expect(door).to_contain_text("Shut, by hand")
    early = SlipLearner(school.site, *school.slips[NAMES[0]])
    assert "This lesson is shut" in early.http.get(f"{school.site.address}{LESSON}", timeout=20).text

    teacher.goto(f"{school.cohort}now/")
    expect(teacher.locator(".class-row")).to_have_count(LEARNERS)
    teacher.locator("summary", has_text="Warm up machines").click()
    teacher.fill("#id_warm-sandboxes", str(WARM))
    teacher.fill("#id_warm-starts_at", time.strftime("%Y-%m-%dT%H:%M", time.gmtime()))
    teacher.get_by_role("button", name="Keep them warm").click()
    expect(teacher.locator(".standing")).to_contain_text(f"{WARM} machines for")
    warm = "SELECT count(*) AS number FROM sandboxes_sandbox WHERE state = 'warm'"
    wait_for(lambda: school.site.rows(warm)[0]["number"] >= WARM, seconds=60, what="A warm machine for some")

    teacher.goto(f"{school.cohort}lessons/")
    door.get_by_role("button", name="Open").click()
    expect(door).to_contain_text("Open, by hand")


def work_at_once(school: School, teacher: Page) -> tuple[list[Page], list[SlipLearner], list[str]]:
    """All come at the same moment. Returns who sits at a Chromium, the others, and what the others found out."""
    gate = threading.Barrier(LEARNERS - len(ON_PAPER) + 1)

    def come(name: str) -> tuple[SlipLearner, str]:
        gate.wait(AT_ONCE)
        person = SlipLearner(school.site, *school.slips[name])
        return person, person.work()

    with ThreadPoolExecutor(LEARNERS) as room:
        coming = [room.submit(come, name) for name in NAMES[len(ON_PAPER) :]]
        gate.wait(AT_ONCE)
        pages = [school.enter_with_slip(name, phone=name == ON_PAPER[2]) for name in ON_PAPER]
        for page in pages:
            page.goto(LESSON)
        pages[2].click("#view-lab")
        for page in pages:
            page.get_by_role("button", name="Start the lab").click()
        for page in pages:
            expect(page.locator("muelle-terminals .xterm")).to_be_visible(timeout=AT_ONCE * 1000)
            screen_shows(page, r"learner@lab:~\$")
        do_task(*pages)
        done = [each.result() for each in coming]
    teacher.goto(f"{school.cohort}now/")
    expect(teacher.locator(".class-sum")).to_contain_text(f"{LEARNERS} labs")
    assert teacher.evaluate(ROWS) == dict.fromkeys(NAMES, PARTLY)
    return pages, [person for person, _key in done], [key for _person, key in done]


def do_task(by_click: Page, by_hand: Page, phone: Page) -> None:
    """One runs what the lesson shows; all write the note, the phone in its own line; it ticks off by itself."""
    by_click.get_by_role("button", name="Run").first.click()
    screen_shows(by_click, r"corre\.sh")
    words = {}
    for page in (by_click, by_hand, phone):
        found = re.search(r"\b(faro|boya|ancla)\b", page.locator("#reader").text_content() or "")
        assert found is not None
        words[page] = found[0]
    for page in (by_click, by_hand):
        type_in_terminal(page, f"echo {words[page]} > nota.txt")
    line = phone.get_by_label("Command line")
    line.fill(f"echo {words[phone]} > nota.txt")
    line.press("Enter")
    phone.click("#view-lesson")
    for page in (by_click, by_hand, phone):
        expect(page.locator(f"#exercise-{TASK}")).to_have_attribute("data-state", "passed", timeout=SOON)


def help_one(school: School, teacher: Page, learner: Page) -> None:
    """The class view shows the hand; with the learner's leave the instructor types where the learner sees it."""
    learner.get_by_role("button", name="Raise hand").click()
    row = teacher.locator(".class-row").first  # who asks for help comes first
    expect(row).to_have_attribute("data-mood", "hand", timeout=SEEN)
    expect(row).to_contain_text(NAMES[0])
    row.get_by_role("button", name="I come").click()
    expect(learner.locator("#hand")).to_contain_text("Darío is coming", timeout=SEEN)
    teacher.locator(".class-row").first.get_by_role("link", name="Their terminal").click()
    teacher.get_by_role("button", name="Ask to help").click()
    expect(teacher.locator("#assist")).to_have_attribute("data-state", "asked")
    learner.get_by_role("button", name="Allow").click(timeout=SEEN)
    expect(learner.locator(".strip-line.on")).to_contain_text("Darío sees your terminals and can type in them.")
    expect(teacher.locator("muelle-terminals .xterm")).to_be_visible()
    screen_shows(teacher, r"learner@lab:~\$")
    type_in_terminal(teacher, "echo look''-here")
    screen_shows(learner, r"^look-here$")
    teacher.get_by_role("button", name="Leave").click()
    expect(learner.locator(".strip-line")).to_have_count(0, timeout=SEEN)
    teacher.goto(f"{school.cohort}now/")
    teacher.get_by_role("button", name="Helped").click()
    expect(learner.get_by_role("button", name="Raise hand")).to_be_visible(timeout=SEEN)


def correct(school: School, teacher: Page, learner: Page, answers: dict[SlipLearner, str]) -> None:
    """Everybody's right answer is refused, until the instructor looks at the check."""
    with ThreadPoolExecutor(len(answers)) as room:
        shown = list(room.map(lambda each: each[0].check(QUESTION, lesson=SMALL_LESSON, text=each[1]), answers.items()))
    assert all("Not yet" in each for each in shown)
    type_in_terminal(learner, "clear; cat /tmp/clave")
    screen_shows(learner, r"^[0-9a-f]{8}$")
    task = learner.locator(f"#exercise-{QUESTION}")
    found = re.search(r"^[0-9a-f]{8}$", terminal_text(learner), re.MULTILINE)
    assert found is not None
    task.get_by_role("textbox").fill(found[0])
    task.get_by_role("button", name="Check").click()
    expect(task.locator(".result")).to_contain_text("Not yet")

    asked = len(answers) + 1
    teacher.goto(f"{school.cohort}grades{LESSON}")
    teacher.locator(".statistic", has_text="Checks that stopped people").get_by_role(
        "link", name="Correct a check"
    ).click()
    checks = teacher.input_value("#id_written")
    assert "${cabo}" in checks
    teacher.fill("#id_written", checks.replace("${cabo}", "${clave}"))
    teacher.fill("#id_reason", "It asked for the rope instead of the key.")
    teacher.get_by_role("button", name="Let these checks count").click()
    expect(teacher.locator(".again")).to_contain_text(f"{asked} results would rise, 0 would fall and 0 stay.")
    teacher.get_by_role("button", name="Judge again").click()
    expect(teacher.locator("body")).to_contain_text(f"{asked} results changed.")
    expect(task).to_have_attribute("data-state", "passed", timeout=SEEN)
    for person in answers:
        assert person.states(SMALL_LESSON) == {**person.states(SMALL_LESSON), TASK: "passed", QUESTION: "passed"}


def rows_of_class(asked: int = ASKED) -> dict[str, str]:
    """Return what the class view shows of everybody after the correction."""
    lucky = {NAMES[1], *NAMES[len(ON_PAPER) : len(ON_PAPER) + asked]}
    return {name: GREAT if name in lucky else PARTLY for name in NAMES}


def take_grades(school: School, teacher: Page) -> list[list[str]]:
    """The table of grades as a spreadsheet has it: thirty rows, and everybody's own points."""
    table = download_grades(teacher, school.cohort)
    rows = {row[1]: row for row in table[2:]}
    assert len(table) == LEARNERS + 2
    assert sorted(rows) == NAMES
    points = {
        far: {rows[name][-2] for name, shown in rows_of_class().items() if shown == far} for far in (GREAT, PARTLY)
    }
    assert all(len(each) == 1 for each in points.values()), points
    assert float(min(points[GREAT])) > float(min(points[PARTLY])) > 0
    return table


def cut_power(school: School, teacher: Page, learner: Page, pressing: list[SlipLearner]) -> None:
    """What was handed in is there, the class is as it was, and a press brings a new machine."""
    engine = Engine(school.site)
    acknowledged = hand_in_and_cut(pressing, lambda: school.site.cut_power(engine), QUESTION, text="something else")
    started = time.monotonic()
    school.site.power_on()
    check_submissions(school.site, acknowledged)
    learner.goto(LESSON)
    learner.click("#view-lab")
    expect(learner.locator("#lab")).to_contain_text(SENTENCE, timeout=BACK * 1000)
    learner.get_by_role("button", name="Try again").click()
    screen_shows(learner, r"learner@lab:~\$")
    assert time.monotonic() - started < BACK
    teacher.goto(f"{school.cohort}now/")
    expect(teacher.locator(".class-sum")).to_contain_text("1 lab")
    assert teacher.evaluate(ROWS) == rows_of_class()


def restore_elsewhere(school: School, grades: list[list[str]], folder: Path) -> None:
    """A backup comes up on another machine: the instructor finds the same grades, and slips are good for it."""
    # The admin's settings come along, the port too, as for a machine that takes the place of another.
    assert backup(Workspace(environ=school.site.environment(engine=True)), to=folder / "kept") == 0
    [kept] = (folder / "kept").iterdir()
    (folder / "elsewhere").mkdir()
    other = ServedSite(folder / "elsewhere", **{**school.site.settings, "MUELLE_POOL_SIZE": "0"})
    try:
        assert restore(Workspace(environ=other.environment(engine=True)), kept, ask=False) == 0
        school.site.stop()
        other.port, other.address = school.site.port, school.site.address
        other.power_on()
        teacher = school.enter("docente", site=other)
        assert download_grades(teacher, school.cohort) == grades
        person = SlipLearner(other, *school.slips[NAMES[1]])
        states = person.states(SMALL_LESSON)
        assert (states[TASK], states[QUESTION]) == ("passed", "passed")
        assert mishaps(other.main_log()) == []
    finally:
        other.down()
