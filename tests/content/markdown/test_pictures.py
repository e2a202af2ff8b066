"""Pictures: from the lesson's folder, of four kinds, small."""

import pytest
from content_files import make_context

from content.markdown import pictures


def shown(folder, source: str) -> tuple[str, list[str]]:
    context = make_context(folder)
    html = pictures.show(source, "Una boya", context)
    return html and context.fragments[0], [problem.message for problem in context.problems]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_the_content_decides_the_kind(tmp_path, data: bytes, kind: str):
    (tmp_path / "a.svg").write_bytes(data)

    html, problems = shown(tmp_path, "a.svg")

    assert problems == []
    assert html.startswith(f'<img src="data:{kind};base64,')
    assert html.endswith('" alt="Una boya" loading="lazy">')


@pytest.mark.parametrize(
    "data", [b"<svg onload=alert(1)>", b"RIFF\x00\x00\x00\x00AVI ", b"", b"GIF87", b"<!doctype html>"]
)
def test_other_kinds_are_refused_whatever_their_name(tmp_path, data: bytes):
    (tmp_path / "a.png").write_bytes(data)

    assert shown(tmp_path, "a.png") == ("", ["`a.png` is not a PNG, JPEG, GIF or WebP picture."])


@pytest.mark.parametrize(
    "source", ["b.png", "../a.png", "/etc/passwd", "x/a.png", ".hidden.png", "https://evil.example/a.png", ""]
)
def test_pictures_come_from_the_folder_itself(tmp_path, source: str):
    assert shown(tmp_path, source)[1] == [f"There is no picture `{source}` in the lesson's folder."]


def test_links_are_not_followed(tmp_path):
    (tmp_path / "a.png").symlink_to("/etc/hostname")

    assert shown(tmp_path, "a.png")[1] == ["There is no picture `a.png` in the lesson's folder."]


def test_all_of_a_lessons_pictures_have_a_limit(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF89a" + b"x" * (pictures.MAX_TOTAL // 2))
    context = make_context(tmp_path)

    first, second = (pictures.show("a.gif", "x", context) for _ in range(2))

    assert first
    assert not second
    assert [problem.message for problem in context.problems] == ["The lesson's pictures have more than 64 KiB."]
