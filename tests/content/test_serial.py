"""Documents and their JSON."""

import json
from dataclasses import dataclass

import pytest
from content_files import COURSE, DIAGRAMS

from content.documents import CourseDocument, FileDocument, HtmlPart, LessonText, QuizPart, TaskPart
from content.loader import load_course
from content.serial import Document


def lesson_text(*parts: HtmlPart | TaskPart | QuizPart) -> LessonText:
    return LessonText(title="T", objectives=("a",), headings=(), parts=parts)


def test_a_course_is_what_its_json_gives_back():
    course = load_course(COURSE, diagrams=DIAGRAMS)

    again = CourseDocument.from_json(json.loads(json.dumps(course.to_json())))

    assert again == course
    assert again.digest() == course.digest()


def test_members_of_a_union_are_told_apart():
    text = lesson_text(HtmlPart(html="<p>x</p>"), TaskPart(slug="t", title="T", html=""), QuizPart(slug="q"))

    again = LessonText.from_json(text.to_json())

    assert again.parts == text.parts


def test_bytes_survive():
    document = FileDocument(path="a", mode=0o644, data=bytes(range(256)))

    assert FileDocument.from_json(json.loads(json.dumps(document.to_json()))) == document


def test_a_digest_changes_with_the_content_and_only_with_it():
    one, same, other = lesson_text(), lesson_text(), lesson_text(QuizPart(slug="q"))

    assert one.digest() == same.digest() != other.digest()
    assert len(one.digest()) == 64


def test_a_missing_field_is_named():
    with pytest.raises(KeyError, match="title"):
        LessonText.from_json({"objectives": [], "headings": [], "parts": []})


def test_a_field_with_a_default_may_be_missing_since_older_documents_lack_it():
    assert Measure.from_json({"amount": 3}) == Measure(amount=3)


def test_a_field_of_the_wrong_type_is_refused():
    document = FileDocument(path="a", mode=0o644, data=b"").to_json()

    with pytest.raises(ValueError, match="is not int"):
        FileDocument.from_json({**document, "mode": "0644"})


def test_an_unknown_member_of_a_union_is_refused():
    document = lesson_text(QuizPart(slug="q")).to_json()
    document["parts"][0]["type"] = "ScriptPart"

    with pytest.raises(ValueError, match="'ScriptPart' is none of HtmlPart, TaskPart, QuizPart"):
        LessonText.from_json(document)


@dataclass(frozen=True, kw_only=True)
class Measure(Document):
    amount: float
    note: str | None = None


def test_optional_fields_and_whole_numbers_where_others_may_be():
    assert Measure.from_json({"amount": 3, "note": None}) == Measure(amount=3)
    assert Measure.from_json({"amount": 2.5, "note": "x"}) == Measure(amount=2.5, note="x")
