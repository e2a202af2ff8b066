"""Dockerfiles, read as BuildKit reads them."""

import time

from grading.expects.inside.dockerfiles import lineage, parse, stages


def read(text: str) -> list[tuple[str, str, int]]:
    return [(each.name, each.value, each.line) for each in parse(text)]


def test_lines_are_joined_and_comments_left_out():
    text = (
        "# syntax=docker/dockerfile:1\n\nFROM debian:13\n  # why\nrun apt-get update && \\\n\n   # really\n"
        "    apt-get install \\  \n    -y curl\nUSER app"
    )

    assert read(text) == [
        ("FROM", "debian:13", 3),
        ("RUN", "apt-get update && apt-get install -y curl", 5),
        ("USER", "app", 10),
    ]


def test_another_sign_can_continue_lines():
    assert read("# escape=`\nFROM a\nRUN b `\n c\nRUN d \\\nUSER e") == [
        ("FROM", "a", 2),
        ("RUN", "b c", 3),
        ("RUN", "d \\", 5),
        ("USER", "e", 6),
    ]


def test_a_directive_below_an_instruction_is_a_comment():
    assert read("FROM a\n# escape=`\nRUN b \\\n c") == [("FROM", "a", 1), ("RUN", "b c", 3)]


def test_two_backslashes_do_not_continue_a_line():
    assert read("RUN echo \\\\\nUSER a") == [("RUN", "echo \\\\", 1), ("USER", "a", 2)]


def test_lines_of_a_here_document_are_no_instructions():
    text = (
        "RUN <<EOF bash\napt-get update\nUSER root\nEOF\n"
        "COPY <<-'A' <<B /x/\n\tone\n\tA\ntwo\nB\nRUN cat <<< word\nUSER app\r\n"
    )

    assert read(text) == [
        ("RUN", "<<EOF bash\napt-get update\nUSER root", 1),
        ("COPY", "<<-'A' <<B /x/\none\ntwo", 5),
        ("RUN", "cat <<< word", 10),
        ("USER", "app", 11),
    ]


def test_a_here_document_without_an_end_takes_the_rest():
    assert read("RUN <<EOF\nUSER app") == [("RUN", "<<EOF\nUSER app", 1)]


def test_stages_have_a_base_and_a_name():
    instructions = parse("ARG V=1\nFROM --platform=linux/amd64 golang:1 AS build\nRUN x\nFROM debian\nFROM\nUSER a")

    assert stages(instructions) == [("golang:1", "build"), ("debian", ""), ("", "")]
    assert [each.stage for each in instructions] == [-1, 0, 0, 1, 2, 2]


def test_a_stage_may_start_from_an_earlier_one_by_name_or_number():
    text = "FROM a AS Base\nFROM b\nFROM base AS c\n"

    assert lineage(parse(text)) == [2, 0]
    assert lineage(parse(text + "FROM 2")) == [3, 2, 0]
    assert lineage(parse("FROM self AS self")) == [0]
    assert lineage(parse("RUN x")) == []


def test_a_list_in_json_is_also_what_it_says():
    [cmd, shell] = parse('CMD ["nginx", "-g", "daemon off;"]\nCMD nginx')

    assert cmd.spellings == ['["nginx", "-g", "daemon off;"]', "nginx -g daemon off;"]
    assert shell.spellings == ["nginx"]


def test_no_text_takes_long():
    began = time.monotonic()

    for text in ("\\\n" * 30_000, "FROM 0\n" * 9000, "RUN " + "<<A" * 20_000, "#\n" * 30_000, "CMD " + "[" * 60_000):
        instructions = parse(text)
        lineage(instructions)
        [each.spellings for each in instructions]

    assert time.monotonic() - began < 2
