"""Rules for links from lesson to lesson."""

from __future__ import annotations

import difflib
from pathlib import Path

from content.lessons import LessonSource, TextSource
from content.markdown.text import ANCHOR_PREFIX
from content.problems import Problems


def look_at_links(lessons: list[LessonSource], problems: Problems) -> None:
    """Every heading that a link names is there, in the language of the link."""
    by_folder = {lesson.folder.resolve(): lesson for lesson in lessons}
    for lesson in lessons:
        for language, text in lesson.texts.items():
            _look_at_text(lesson, language, text, by_folder, problems)


def _look_at_text(
    lesson: LessonSource, language: str, text: TextSource, by_folder: dict[Path, LessonSource], problems: Problems
) -> None:
    for use in text.context.links:
        target = by_folder.get(use.lesson) if use.lesson else lesson
        there = target.texts.get(language) if target else None
        if there is None:
            continue
        anchors = [heading.anchor for heading in there.context.headings]
        if use.anchor not in anchors:
            close = difflib.get_close_matches(use.anchor, anchors, n=1)
            name = use.anchor.removeprefix(ANCHOR_PREFIX)
            mend = (
                f"Did you mean `#{close[0].removeprefix(ANCHOR_PREFIX)}`?" if close else "Write the words of a heading."
            )
            problems.add(text.path, use.line, "link", f"There is no heading `#{name[:60]}` there.", mend)
