"""A course folder as a document."""

import sys
import time
from pathlib import Path

import pytest
from content_files import COURSE, DIAGRAMS, MOORING, copy_course, edit, problems_of

from content.documents import CourseDocument, HtmlPart, QuizPart, TaskPart
from content.loader import load_course

ES = f"{MOORING}/lesson.es.md"
EN = f"{MOORING}/lesson.en.md"
LAB = f"{MOORING}/lab.yaml"
PORTS = """\
ports:
  - {port: 8080, title: {es: Servidor, en: Server}}
  - {port: "${veces}", title: {es: Otro, en: Other}}
"""


@pytest.fixture
def course(tmp_path) -> Path:
    return copy_course(tmp_path)


@pytest.fixture(scope="module")
def harbour() -> CourseDocument:
    return load_course(COURSE, diagrams=DIAGRAMS)


def test_numbers_say_the_place_and_names_stay(harbour):
    assert harbour.slug == "puerto"
    assert [(chapter.number, chapter.slug) for chapter in harbour.chapters] == [(1, "muelle")]
    assert [(lesson.number, lesson.slug) for lesson in harbour.chapters[0].lessons] == [(1, "amarrar"), (2, "zarpar")]


def test_heads_are_complete(harbour):
    lesson = harbour.chapters[0].lessons[0]

    assert (harbour.licence, harbour.authors, harbour.languages) == ("CC-BY-SA-4.0", ("Ana Ancla",), ("es", "en"))
    assert (lesson.minutes, lesson.texts["es"].title, lesson.texts["en"].title) == (10, "Amarrar", "Mooring")
    assert lesson.texts["en"].objectives == ("Tie a knot", "Untie it")


def test_both_languages_hold_the_same_exercises(harbour):
    lesson = harbour.chapters[0].lessons[0]

    ids = [
        [part.slug for part in text.parts if isinstance(part, TaskPart | QuizPart)] for text in lesson.texts.values()
    ]

    assert ids[0] == ids[1] == ["hacer-nota", "leer-clave", "cabo", "nudos"]


def test_a_lab_is_complete(harbour):
    lab = harbour.chapters[0].lessons[0].lab

    assert (lab.image, lab.profile, lab.minutes, lab.idle) == ("standard", "standard", 20, 15)
    assert lab.limits == {"memory_bytes": 128 * 1024**2, "pids": 64}
    assert [(spec.name, spec.kind) for spec in lab.values] == [("cabo", "choice"), ("clave", "hex"), ("veces", "int")]
    assert [terminal.name for terminal in lab.terminals] == ["main"]
    assert lab.setup == 'echo "$clave" > /tmp/clave\n'
    assert [(file.path, file.mode) for file in lab.files] == [("corre.sh", 0o755), ("notas/lee.txt", 0o644)]


def test_a_lab_names_its_ports(course):
    edit(course / LAB, "tasks:", PORTS + "tasks:")

    ports = load_course(course, diagrams=DIAGRAMS).chapters[0].lessons[0].lab.ports

    assert [port.port for port in ports] == ["8080", "${veces}"]
    assert ports[1].title == {"es": "Otro", "en": "Other"}


def test_a_lab_may_look_at_what_its_files_and_solutions_bring(course):
    checks = (
        "- image: {name: web}\n      - compose: {declares: {web: {}}}\n      - image: {name: old, absent: true}\n      "
    )
    edit(course / LAB, "- process: {name: sleep", f"{checks}- process: {{name: sleep")
    edit(course / LAB, "- echo ${cabo} > nota.txt", "- echo ${cabo} > nota.txt; docker build -t web .")

    found = [problem for problem in problems_of(course) if "profile" not in problem]

    assert found == []


def test_tasks_have_titles_points_checks_and_solutions(harbour):
    note, key = harbour.chapters[0].lessons[0].lab.tasks

    assert (note.slug, note.points, note.needs) == ("hacer-nota", 3, ())
    assert note.title == {"es": "Escribe una nota", "en": "Write a note"}
    assert (key.points, key.needs) == (1, ("hacer-nota",))
    assert [(check.kind, check.weight) for check in note.expect] == [
        ("file", 2),
        ("command", 1),
        ("script", 1),
        ("process", 1),
    ]
    assert note.expect[0].arguments == {"path": "nota.txt", "contains": "${cabo}"}
    assert note.expect[0].holds
    assert [(case.when, case.text["en"]) for case in note.expect[0].tries] == [
        ({"absent": True}, "There is no note."),
        (None, "The note says something else."),
    ]
    assert note.expect[2].arguments["source"] == 'test "$(wc -c < nota.txt)" -lt 20\n'
    assert key.expect[0].hide
    assert [(step.run, step.answer) for step in key.solution] == [("cat /tmp/clave", True)]


def test_a_solution_is_made_of_the_steps_unless_the_author_wrote_one(harbour):
    parts = {
        language: {part.slug: part for part in text.parts if isinstance(part, TaskPart)}
        for language, text in harbour.chapters[0].lessons[0].texts.items()
    }

    assert parts["en"]["leer-clave"].solution == "<p>Look with <code>cat</code>.</p>\n"
    assert "cat" in parts["es"]["leer-clave"].solution
    assert 'data-mode="copy"' in parts["es"]["leer-clave"].solution


def test_questions_hold_all_languages(harbour):
    rope, knots = harbour.chapters[0].lessons[0].quizzes

    assert rope.kind == "single"
    assert rope.question["en"] == "<p>What is a rope for?</p>\n"
    assert [choice.correct for choice in rope.choices] == [True, False]
    assert rope.choices[1].text == {"es": "Para comer.", "en": "For eating."}
    assert rope.choices[1].feedback["en"] == "It tastes bad."
    assert (knots.kind, knots.answers, knots.tolerance) == ("number", ("2",), 0.5)
    assert knots.feedback["es"] == "Cuéntalos otra vez."


def test_links_between_lessons_are_those_of_the_site(harbour):
    [part] = harbour.chapters[0].lessons[1].texts["en"].parts

    assert isinstance(part, HtmlPart)
    assert 'href="../../muelle/amarrar/#sec-the-knots"' in part.html
    assert 'href="#sec-casting-off"' in part.html


def test_reading_twice_gives_the_same_digest(harbour):
    assert load_course(COURSE, diagrams=DIAGRAMS).digest() == harbour.digest()


def test_a_course_is_read_fast():
    started = time.process_time()

    load_course(COURSE, diagrams=DIAGRAMS)

    assert time.process_time() - started < (1 if sys.gettrace() is None else 5)
