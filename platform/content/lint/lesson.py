"""Rules for a lesson: its languages say the same, its text and its lab know each other."""

from __future__ import annotations

import difflib
import re

from content.documents import TaskDocument, TaskPart
from content.labs import LabSource
from content.lessons import LessonSource, TextSource
from content.markdown.quizzes import QuizSource
from content.problems import Problems
from content.settings import Settings
from content.values import names_in

_ALLOWED = re.compile(r"lesson\.[a-z]{2}\.md|lab\.yaml|setup\.sh|checks|files|README\.md")


def look_at_lesson(lesson: LessonSource, settings: Settings, problems: Problems) -> None:
    """Everything that needs two files of one folder."""
    _look_at_files(lesson, settings, problems)
    texts = list(lesson.texts.values())
    if not texts:
        return
    if settings.languages[0] in lesson.texts and "minutes" not in texts[0].head:
        mend = "Add `minutes: 30`: reading and doing."
        problems.add(texts[0].path, 1, "head", "The head lacks `minutes`.", mend)
    for other in texts[1:]:
        _compare(texts[0], other, problems)
    for text in texts:
        _look_at_tasks(text, lesson, problems)
        _look_at_code(text, lesson, problems)
        _look_at_placeholders(text, problems)
    if lesson.lab:
        _look_at_unused_values(lesson, lesson.lab, problems)
        _look_at_order(texts[0], lesson.lab, problems)


def _look_at_files(lesson: LessonSource, settings: Settings, problems: Problems) -> None:
    sources = [text.path.read_text(encoding="utf-8", errors="replace") for text in lesson.texts.values()]
    for path in sorted(lesson.folder.iterdir()):
        shown = any(f"({path.name}" in source for source in sources)
        if path.name.startswith(".") or shown or path.name == "__pycache__":
            continue
        if not _ALLOWED.fullmatch(path.name):
            mend = "Delete it, or put it into `files/` if learners need it."
            problems.add(path, 1, "file", "Nothing uses this file.", mend)
        elif path.suffix == ".md" and path.name.startswith("lesson.") and path.name[7:9] not in settings.languages:
            mend = "Add the language to course.yaml, or delete the file."
            problems.add(path, 1, "language", f"The course has no language `{path.name[7:9]}`.", mend)


def _compare(first: TextSource, other: TextSource, problems: Problems) -> None:
    minutes = first.head.get("minutes")
    if other.head.get("minutes", minutes) != minutes:
        line = other.head_lines.line("minutes")
        mend = f"Delete the line, or write `minutes: {minutes}`."
        problems.add(other.path, line, "language", f"The head says other minutes than {first.path.name}.", mend)
    _compare_ids("task", first, other, first.rendered.tasks, other.rendered.tasks, problems)
    quizzes = {slug: quiz.line for slug, quiz in first.rendered.quizzes.items()}
    others = {slug: quiz.line for slug, quiz in other.rendered.quizzes.items()}
    _compare_ids("quiz", first, other, quizzes, others, problems)
    for slug in quizzes.keys() & others.keys():
        _compare_quizzes(first, first.rendered.quizzes[slug], other, other.rendered.quizzes[slug], problems)


def _compare_ids(
    kind: str, first: TextSource, other: TextSource, ids: dict[str, int], others: dict[str, int], problems: Problems
) -> None:
    for slug, line in ids.items():
        if slug not in others:
            message = f"The {kind} `{slug}` is not in {other.path.name}."
            problems.add(first.path, line, "language", message, "Write it there too, with the same id.")
    for slug, line in others.items():
        if slug not in ids:
            message = f"The {kind} `{slug}` is not in {first.path.name}."
            problems.add(other.path, line, "language", message, "Write it there too, with the same id.")
    if set(ids) == set(others) and list(ids) != list(others):
        moved = next(slug for slug, here in zip(others, ids, strict=True) if slug != here)
        message = f"The {kind} `{moved}` stands in another place than in {first.path.name}."
        problems.add(other.path, others[moved], "language", message, "Put both into the same order.")


def _compare_quizzes(
    first: TextSource, quiz: QuizSource, other: TextSource, translated: QuizSource, problems: Problems
) -> None:
    shape = (quiz.kind, quiz.points, quiz.tolerance, [correct for correct, _, _ in quiz.choices])
    translation = (
        translated.kind,
        translated.points,
        translated.tolerance,
        [correct for correct, _, _ in translated.choices],
    )
    if shape != translation or (quiz.kind == "number" and quiz.answers != translated.answers):
        message = f"The question `{quiz.slug}` is answered otherwise than in {first.path.name}."
        mend = "Give both the same choices in the same order, right ones alike, or the same number."
        problems.add(other.path, translated.line, "language", message, mend)


def _look_at_tasks(text: TextSource, lesson: LessonSource, problems: Problems) -> None:
    if lesson.has_lab and lesson.lab is None:  # what is wrong there was said; its tasks are not known
        return
    tasks = {task.slug: task for task in lesson.lab.document.tasks} if lesson.lab else {}
    for slug, line in text.rendered.tasks.items():
        if slug and slug not in tasks:
            close = difflib.get_close_matches(slug, tasks, n=1)
            mend = f"Did you mean `{close[0]}`?" if close else f"Write `{slug}:` below `tasks:` in lab.yaml."
            problems.add(text.path, line, "task", f"There is no task `{slug}` in lab.yaml.", mend)
    if lesson.lab:
        for task in lesson.lab.document.tasks:
            _look_at_task(text, lesson.lab, task, problems)


def _look_at_task(text: TextSource, lab: LabSource, task: TaskDocument, problems: Problems) -> None:
    line = text.rendered.tasks.get(task.slug)
    if line is None:
        message = f"The task `{task.slug}` is not in {text.path.name}."
        mend = f"Write `::::task {task.slug} Title` there, or delete the task."
        problems.add(lab.located.file, lab.line("tasks", task.slug), "task", message, mend)
        return
    kinds = {check.kind for check in task.expect}
    asks = any(isinstance(part, TaskPart) and part.slug == task.slug and part.answer for part in text.rendered.parts)
    if asks and not kinds & {"answer", "script"}:
        mend = "Add an `answer:` check in lab.yaml, or delete `{answer}`."
        problems.add(text.path, line, "task", "Nobody reads the answer of this task.", mend)
    if "answer" in kinds and not asks:
        mend = "Write `{answer}` where the field belongs."
        problems.add(text.path, line, "task", "This task has no place for its answer.", mend)


def _look_at_code(text: TextSource, lesson: LessonSource, problems: Problems) -> None:
    terminals = {terminal.name for terminal in lesson.lab.document.terminals} if lesson.lab else set()
    for use in text.context.code:
        if use.mode in ("run", "file") and not lesson.has_lab:
            mend = "Write `{copy}`, or give the lesson a lab.yaml."
            problems.add(text.path, use.line, "code", "This lesson has no lab where a click could do that.", mend)
        elif use.terminal and lesson.lab and use.terminal not in terminals:
            mend = f"Possible: {', '.join(f'`{name}`' for name in sorted(terminals))}."
            problems.add(text.path, use.line, "code", f"There is no terminal `{use.terminal[:40]}`.", mend)


def _look_at_placeholders(text: TextSource, problems: Problems) -> None:
    """A name that is nearly a declared one is a slip; any other may be a variable of the shell."""
    declared = text.context.values
    lines = text.path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        for name in names_in(line):
            close = difflib.get_close_matches(name, declared, n=1, cutoff=0.8)
            if name not in declared and close:
                message = f"The value `{name}` is not declared."
                problems.add(text.path, number, "values", message, f"Did you mean `${{{close[0]}}}`?")


def _look_at_unused_values(lesson: LessonSource, lab: LabSource, problems: Problems) -> None:
    used = {name for text in lesson.texts.values() for name in text.context.used_values}
    rest = "\n".join([lab.document.setup, *lab.scripts.values()])
    in_lab = "\n".join(raw for path, raw in lab.located.raw.items() if path[:1] != ("values",))
    for spec in lab.document.values:
        known_to_script = re.search(rf"\$\{{?{spec.name}\b", rest)
        if spec.name not in used and spec.name not in names_in(in_lab) and not known_to_script:
            line = lab.line("values", spec.name)
            message = f"Nothing uses the value `{spec.name}`."
            problems.add(
                lab.located.file, line, "values", message, "Use it in a text, a check or setup.sh, or delete it."
            )


def _look_at_order(first: TextSource, lab: LabSource, problems: Problems) -> None:
    """A task stands behind those it needs, or learners meet it before they can do it."""
    place = {slug: index for index, slug in enumerate(first.rendered.tasks)}
    for task in lab.document.tasks:
        for needed in task.needs:
            if place.get(needed, -1) > place.get(task.slug, len(place)):
                line = first.rendered.tasks[task.slug]
                message = f"The task `{task.slug}` stands before `{needed}`, which it needs."
                problems.add(first.path, line, "needs", message, "Put it behind, or take the need away.")
