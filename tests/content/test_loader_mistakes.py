"""Everything that can be wrong with a course folder, said with its place and its mend."""
# ruff: noqa: E501  # sentences are compared whole, one a line

import shutil
from pathlib import Path

import pytest
from content_files import COURSE, LEAVING, MOORING, copy_course, edit, problems_of

from content.loader import load_course
from content.problems import ContentErrors

ES = f"{MOORING}/lesson.es.md"
EN = f"{MOORING}/lesson.en.md"
LAB = f"{MOORING}/lab.yaml"


@pytest.fixture
def course(tmp_path) -> Path:
    return copy_course(tmp_path)


MISTAKES = [
    ("course.yaml", "licence: CC", "licence CC", "course.yaml:5: A key without a colon stands here. Write `key: value`."),
    ("course.yaml", "[es, en]", "[es]", f"{LAB}:18: The course has no language `en`. Delete the text, or add the language to course.yaml."),
    ("course.yaml", "[es, en]", "[es]", f"{EN}:1: The course has no language `en`. Add the language to course.yaml, or delete the file."),
    ("course.yaml", "licence: CC-BY-SA-4.0\n", "", "course.yaml:1: The file lacks `licence`. Add `licence: CC-BY-SA-4.0`. The licence of the texts, as its SPDX identifier."),
    ("course.yaml", "en: The harbour", "xx: The harbour", "course.yaml:1: `xx` is not a key in `title`. Possible keys: `es`, `en`."),
    ("course.yaml", ", en: The harbour", "", "course.yaml:1: `title` is not there in `en`. Add `en: ...` below `title:`."),
    ("course.yaml", "[es, en]", "es", "course.yaml:3: `languages` is text, not a list. Write a list: `[es, en]`."),
    ("01-muelle/chapter.yaml", ", en: Mooring and leaving.", "", "01-muelle/chapter.yaml:1: `summary` is not there in `en`. Add `en: ...` below `summary:`."),
    ("01-muelle/chapter.yaml", "title:", "titel:", "01-muelle/chapter.yaml:1: There is no key `titel`. Did you mean `title`? Possible keys: `summary`, `title`."),
    (ES, "---\ntitle: Amarrar", "title: Amarrar", f"{ES}:1: This lesson has no head. Write `---`, `title:`, `objectives:` and `---` on the first lines."),
    (ES, "minutes: 10\n", "", f"{ES}:1: The head lacks `minutes`. Add `minutes: 30`: reading and doing."),
    (ES, "minutes: 10", "minutes: diez", f"{ES}:3: `minutes` is text, not a whole number. Write a whole number. Minutes for reading and doing; needed in the first language, equal in the others."),
    (ES, "title: Amarrar", "title: [", f"{ES}:4: A list in brackets is not closed. Close it with `]`, or put a comma between its items."),
    (EN, "title: Mooring", "title: Mooring\nminutes: 11", f"{EN}:3: The head says other minutes than lesson.es.md. Delete the line, or write `minutes: 10`."),
    (ES, "::::task hacer-nota", "::::task hacer-notas", f"{ES}:35: There is no task `hacer-notas` in lab.yaml. Did you mean `hacer-nota`?"),
    (ES, "::::task hacer-nota", "::::task hacer-notas", f"{ES}:35: The task `hacer-notas` is not in lesson.en.md. Write it there too, with the same id."),
    (ES, "::::task hacer-nota", "::::task hacer-notas", f"{EN}:13: The task `hacer-nota` is not in lesson.es.md. Write it there too, with the same id."),
    (ES, "::::task hacer-nota", "::::task hacer-notas", f"{LAB}:9: The task `hacer-nota` is not in lesson.es.md. Write `::::task hacer-nota Title` there, or delete the task."),
    (ES, "{answer}", "", f"{ES}:50: This task has no place for its answer. Write `{{answer}}` where the field belongs."),
    (LAB, "- answer: {equals: \"${clave}\", hide: true}", "- file: {path: x}", f"{ES}:50: Nobody reads the answer of this task. Add an `answer:` check in lab.yaml, or delete `{{answer}}`."),
    (EN, "- [x] For mooring. {It is.}\n- [ ] For eating. {It tastes bad.}", "- [ ] For eating.\n- [x] For mooring.", f"{EN}:25: The question `cabo` is answered otherwise than in lesson.es.md. Give both the same choices in the same order, right ones alike, or the same number."),
    (EN, "answer: 2", "answer: 3", f"{EN}:32: The question `nudos` is answered otherwise than in lesson.es.md. Give both the same choices in the same order, right ones alike, or the same number."),
    (EN, ":::quiz nudos", ":::quiz knots", f"{EN}:32: The quiz `knots` is not in lesson.es.md. Write it there too, with the same id."),
    (ES, "{run terminal=main}", "{run terminal=other}", f"{ES}:14: There is no terminal `other`. Possible: `main`."),
    (ES, "`echo ${cabo} > nota.txt`", "`echo ${cabos} > nota.txt`", f"{ES}:42: The value `cabos` is not declared. Did you mean `${{cabo}}`?"),
    (f"{LEAVING}/lesson.en.md", "#the-knots", "#the-knot", f"{LEAVING}/lesson.en.md:5: There is no heading `#the-knot` there. Did you mean `#the-knots`?"),
    (f"{LEAVING}/lesson.es.md", "(#soltar)", "(#z)", f"{LEAVING}/lesson.es.md:11: There is no heading `#z` there. Write the words of a heading."),
    (f"{LEAVING}/lesson.es.md", "](boya.png)", "](bolla.png)", f"{LEAVING}/lesson.es.md:8: There is no picture `bolla.png` in the lesson's folder. Put the file beside the lesson and write its name alone."),
    (f"{LEAVING}/lesson.es.md", "## Soltar", "```bash {run}\nls\n```\n\n## Soltar", f"{LEAVING}/lesson.es.md:10: This lesson has no lab where a click could do that. Write `{{copy}}`, or give the lesson a lab.yaml."),
    (f"{LEAVING}/lesson.es.md", "## Soltar", "::::task a T\nx\n::::\n\n## Soltar", f"{LEAVING}/lesson.es.md:10: There is no task `a` in lab.yaml. Write `a:` below `tasks:` in lab.yaml."),
    (LAB, "minutes: 20", "minutes: 2O", f"{LAB}:2: `minutes` is text, not a whole number. Write a whole number. Life of a session."),
    (LAB, "  veces: {int: [2, 5]}", "  veces: {int: [5, 2]}", f"{LAB}:7: The range of `veces` has nothing to choose from. Write the smaller number first: `{{int: [2, 5]}}`."),
    (LAB, "  veces: {int: [2, 5]}", "  veces: {int: [2, 5]}\n  no_proxy: {hex: 4}", f"{LAB}:8: A value cannot be called `no_proxy`. Choose another name: programs take this one as a setting."),
    (LAB, "  veces: {int: [2, 5]}", "  veces: {int: [2, 5]}\n  viento: {hex: 4}", f"{LAB}:8: Nothing uses the value `viento`. Use it in a text, a check or setup.sh, or delete it."),
    (LAB, 'contains: "${cabo}"', 'contains: "${cavo}"', f"{LAB}:14: The value `cavo` is not declared. Did you mean `${{cabo}}`?"),
    (LAB, 'contains: "${cabo}"', 'contains: "${challenge}"', f"{LAB}:14: The value `challenge` is not declared. Declare it: `values: {{challenge: {{hex: 8}}}}`."),
    (LAB, "  veces: {int: [2, 5]}", "  veces: {int: [2, 5]}\n  challenge: {hex: 4}", f"{LAB}:8: A value cannot be called `challenge`. Choose another name: each `http` and `command` check draws this one when it looks."),
    (LAB, 'contains: "${cabo}"', 'contains: "${xyz}"', f"{LAB}:14: The value `xyz` is not declared. Declare it: `values: {{xyz: {{hex: 8}}}}`."),
    (LAB, "[wc, -l, nota.txt]", "[wc, -l, nota.txt], exit: \"${clave}\"", f"{LAB}:20: `exit` is text, not a number or a mapping. Write a number, or `{{min: 1, max: 5}}`."),
    (LAB, '"^ *[0-9]"', '"^ *[0-9"', f"{LAB}:20: This is not a regular expression: unterminated character set. Put a backslash before what is meant as it is."),
    (LAB, '"^ *[0-9]"', '"^( *[0-9]+)+$"', f"{LAB}:20: A repetition stands inside a repetition here. Write it flat (`[a-z ]+`, not `([a-z]+ ?)+`): such patterns can take for ever on what a learner wrote."),
    (LAB, ", en: There is no note.", "", f"{LAB}:18: This text is not there in `en`. Add `en: ...`: the course is in es, en."),
    (LAB, ", en: The note is short.", "", f"{LAB}:21: This text is not there in `en`. Add `en: ...`: the course is in es, en."),
    (LAB, "needs: [hacer-nota]", "needs: [hacer-notas]", f"{LAB}:26: There is no task `hacer-notas`. Did you mean `hacer-nota`?"),
    (LAB, "needs: [hacer-nota]", "needs: [x]", f"{LAB}:26: There is no task `x`. Write the id of a task of this lab."),
    (LAB, "    points: 3\n", "    points: 3\n    needs: [leer-clave]\n", f"{LAB}:11: These tasks need each other: `hacer-nota`, `leer-clave`. Take one need away."),
    (LAB, "    points: 3\n", "    points: 3\n    needs: [hacer-nota]\n", f"{LAB}:11: These tasks need each other: `hacer-nota`. Take one need away."),
    (LAB, "{run: cat /tmp/clave, answer: true}", "cat /tmp/clave", f"{LAB}:29: The solution of `leer-clave` gives no answer. Mark the step whose last line is the answer: `{{run: ..., answer: true}}`."),
    (LAB, "{run: cat /tmp/clave, answer: true}", "{run: cat /tmp/clave, answer: true}\n      - {run: ls, answer: true}", f"{LAB}:31: A second step gives the answer. Keep `answer: true` at one step."),
    (LAB, "- echo ${cabo} > nota.txt", "- echo ${cabo} > nota.txt\n      - {run: ls, inert: only looks}", f"{LAB}:25: 1 of 3 steps are `inert`; at most a tenth may be. Make a check depend on them: ask for something that only this step shows."),
    (LAB, "minutes: 20", "minutes: 20\nterminals: [{name: main}, {name: main}]", f"{LAB}:3: Two terminals are called `main`. Rename one of them."),
    (LAB, "tasks:", "ports: [{port: 80, title: {es: a, en: b}}, {port: 80, title: {es: c, en: d}}]\ntasks:", f"{LAB}:8: The ports `80` and `80` can be the same. Delete one of them, or change a range."),
    (LAB, "tasks:", 'ports: [{port: 3, title: {es: a, en: b}}, {port: "${veces}", title: {es: c, en: d}}]\ntasks:', f"{LAB}:8: The ports `3` and `${{veces}}` can be the same. Delete one of them, or change a range."),
    (LAB, "tasks:", 'ports: [{port: "${cabo}", title: {es: a, en: b}}]\ntasks:', f"{LAB}:8: `port` is text, not a whole number. Write a whole number. The port inside the lab; a value, if it differs from learner to learner."),
    (LAB, "tasks:", "ports: [{port: 80, title: {es: a}}]\ntasks:", f"{LAB}:8: This text is not there in `en`. Add `en: ...`: the course is in es, en."),
    (LAB, "tasks:", "images: [nginx]\ntasks:", f"{LAB}:8: Nothing can pull images in the profile `standard`. Write `profile: engine`, or delete them."),
    (LAB, "- process: {name: sleep", "- container: {name: web}\n      - process: {name: sleep", f"{LAB}:22: There is no Docker for `container` to look at in the profile `standard`. Write `profile: engine`, or use another kind."),
    (LAB, "- process: {name: sleep", "- compose: {absent: true}\n      - process: {name: sleep", f"{LAB}:22: There is no Docker for `compose` to look at in the profile `standard`. Write `profile: engine`, or use another kind."),
    (LAB, "- process: {name: sleep", "- image: {name: ngnix}\n      - process: {name: sleep", f"{LAB}:22: Nothing brings or builds the image `ngnix`. Write the name that a solution uses, or add it to `images:`."),
    (LAB, "- process: {name: sleep", "- container: {name: web, image: ngnix}\n      - process: {name: sleep", f"{LAB}:22: Nothing brings or builds the image `ngnix`. Write the name that a solution uses, or add it to `images:`."),
    (LAB, "- echo ${cabo} > nota.txt", "- echo ${cabo} > nota.txt; docker pull nginx:1.26", f'{LAB}:24: `nginx:1.26` is not in `images:`. Add it: `images: ["nginx:1.26"]`.'),
    (LAB, "file: checks/nota.sh", "file: checks/otra.sh", f"{MOORING}/checks/otra.sh:1: This file is missing. Write it."),
    (LAB, "file: checks/nota.sh", "file: checks/otra.sh", f"{MOORING}/checks/nota.sh:1: No check uses this file. Name it in a `script:` check of lab.yaml, or delete it."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "sentence"), MISTAKES)
def test_a_mistake_is_said_with_its_line_and_its_mend(course, file, old, new, sentence):
    edit(course / file, old, new)

    assert sentence in problems_of(course)


def test_the_order_of_tasks_follows_their_needs(course):
    edit(course / LAB, "    needs: [hacer-nota]\n", "")
    edit(course / LAB, "    points: 3\n", "    points: 3\n    needs: [leer-clave]\n")

    assert problems_of(course) == [
        f"{ES}:35: The task `hacer-nota` stands before `leer-clave`, which it needs. Put it behind, or take the need away."
    ]


def test_exercises_stand_in_the_same_order_in_every_language(course):
    text = (course / EN).read_text(encoding="utf-8")
    head, knots = text.split(":::quiz nudos")
    before, rope = head.split(":::quiz cabo")
    (course / EN).write_text(f"{before}:::quiz nudos{knots}\n:::quiz cabo{rope}", encoding="utf-8")

    assert problems_of(course) == [
        f"{EN}:25: The quiz `nudos` stands in another place than in lesson.es.md. Put both into the same order."
    ]


def test_a_lesson_without_any_text_is_said(course):
    for path in (ES, EN):
        (course / path).unlink()

    assert f"{ES}:1: This file is missing. Write it." in problems_of(course)


def test_chapters_have_a_limit(course, monkeypatch):
    monkeypatch.setattr("content.loader.MAX_LESSONS", 1)

    assert "01-muelle:1: There are more than 1 folders here. Split it." in problems_of(course)


def test_a_missing_language_is_said(course):
    (course / EN).unlink()

    assert problems_of(course) == [f"{EN}:1: This file is missing. Write it."]


def test_a_broken_lab_does_not_hide_what_is_wrong_with_the_text(course):
    edit(course / LAB, "image: standard", "image: [")
    edit(course / ES, "## Los nudos", "# Los nudos")

    found = problems_of(course)

    assert any(line.startswith(f"{LAB}:") for line in found)
    assert f"{ES}:8: This heading has level 1. Use two to four `#`: the title is on top already." in found
    assert not any("There is no task" in line for line in found)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda c: (c / MOORING / "notas.txt").write_text("x"), f"{MOORING}/notas.txt:1: Nothing uses this file. Delete it, or put it into `files/` if learners need it."),
        (lambda c: (c / MOORING / "lesson.fr.md").write_text("x"), f"{MOORING}/lesson.fr.md:1: The course has no language `fr`. Add the language to course.yaml, or delete the file."),
        (lambda c: (c / "01-muelle" / "tres").mkdir(), "01-muelle/tres:1: This is not a numbered folder. Rename it to a number and a name (`01-what-is-a-container`), or delete it."),
        (lambda c: (c / "02-Mar").mkdir(), "02-Mar:1: This is not a numbered folder. Rename it to a number and a name (`01-what-is-a-container`), or delete it."),
        (lambda c: (c / "x.txt").write_text("x"), "x.txt:1: This is not a numbered folder. Rename it to a number and a name (`01-what-is-a-container`), or delete it."),
        (lambda c: (c / "02-mar").symlink_to("/etc"), "02-mar:1: This is not a numbered folder. Rename it to a number and a name (`01-what-is-a-container`), or delete it."),
        (lambda c: shutil.copytree(c / LEAVING, c / "01-muelle" / "03-zarpar"), "01-muelle/03-zarpar:1: `02-zarpar` has the same name. Rename one of them."),
        (lambda c: shutil.copytree(c / LEAVING, c / "01-muelle" / "02-volver"), "01-muelle/02-zarpar:1: `02-volver` has the same number. Rename one of them."),
        (lambda c: (c / "02-mar").mkdir(), "02-mar/chapter.yaml:1: This file is missing. Write it."),
        (lambda c: (c / MOORING / "files" / "passwd").symlink_to("/etc/passwd"), f"{MOORING}/files/passwd:1: This is not an ordinary file. Put a copy here; `setup.sh` can make links."),
        (lambda c: (c / ES).write_bytes(b"---\ntitle: a\xff"), f"{ES}:2: This line is not UTF-8. Save the file as UTF-8."),
        (lambda c: [(c / ES).unlink(), (c / ES).symlink_to("/etc/passwd")], f"{ES}:1: This is a symbolic link. Put a copy of the file here: links can lead anywhere."),
        (lambda c: (c / LAB).write_text("x" * 300_000), f"{LAB}:1: This file has more than 256 KiB. Split or shorten it."),
        (lambda c: (c / LAB).write_text("x" * 200_000), f"{LAB}:1: This YAML has more than 128 KiB. Move texts into the lesson and scripts into files."),
        (lambda c: (c / MOORING / "setup.sh").write_bytes(b"\0"), f"{MOORING}/setup.sh:1: This script holds binary data. Write plain text."),
    ],
)  # fmt: skip
def test_files_that_do_not_belong_are_said(course, make, sentence):
    make(course)

    assert sentence in problems_of(course)


@pytest.mark.parametrize("name", [".gitkeep", "README.md"])
def test_some_files_are_nobodys_business(course, name):
    for folder in (course, course / "01-muelle", course / MOORING):
        (folder / name).write_text("x", encoding="utf-8")

    assert problems_of(course) == []


def test_an_image_has_to_be_one_of_the_folder(course, tmp_path):
    images = tmp_path / "images"
    (images / "engine").mkdir(parents=True)
    (images / "engine" / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")

    assert problems_of(course, images) == [
        f"{LAB}:1: There is no image `standard`. Possible: `engine`; or write labs/images/standard/Dockerfile."
    ]

    shutil.copytree(images / "engine", images / "standard")

    assert problems_of(course, images) == []


def test_images_are_looked_for_where_labs_have_them(tmp_path):
    course = Path(shutil.copytree(COURSE, tmp_path / "labs" / "courses" / "puerto"))
    (tmp_path / "labs" / "images").mkdir()

    assert problems_of(course) == [
        f"{LAB}:1: There is no image `standard`. Possible: none yet; or write labs/images/standard/Dockerfile."
    ]


def test_a_folder_without_a_course_is_said(tmp_path):
    with pytest.raises(ContentErrors, match=r"course.yaml:1: This file is missing. Write it."):
        load_course(tmp_path)


def test_a_course_has_an_ordinary_name(course):
    moved = course.rename(course.with_name("El Puerto"))

    assert problems_of(moved) == [
        "course.yaml:1: `El Puerto` cannot be the name of a course. Rename the folder: lower-case letters without accents, digits and hyphens."
    ]


def test_everything_that_is_wrong_is_said_at_once(course):
    edit(course / "course.yaml", ", en: The harbour", "")
    edit(course / ES, "## Los nudos", "# Los nudos")
    edit(course / LAB, "needs: [hacer-nota]", "needs: [x]")
    edit(course / LEAVING / "lesson.es.md", "(#soltar)", "(#z)")

    assert len(problems_of(course)) == 4
