"""Problems, collected."""

import pytest

from content.problems import MAX_PROBLEMS, ContentErrors, Problem, Problems


def test_a_problem_reads_like_a_compilers():
    problem = Problem("lab.yaml", 7, "The key is here twice.", "Keep one.", "yaml")

    assert str(problem) == "lab.yaml:7: The key is here twice. Keep one."


def test_problems_are_sorted_said_once_and_bounded():
    same = Problem("b", 1, "m", "n", "r")
    many = [Problem("c", line, "m", "n", "r") for line in range(1, MAX_PROBLEMS + 50)]

    error = ContentErrors([*many, same, same, Problem("a", 9, "m", "n", "r")])

    assert len(error.problems) == MAX_PROBLEMS
    assert [problem.file for problem in error.problems[:3]] == ["a", "b", "c"]


def test_nothing_found_raises_nothing():
    problems = Problems()

    problems.raise_if_any()

    assert not problems


def test_what_was_found_is_raised_together():
    problems = Problems()
    problems.add("a", 0, "r", "m", "n")
    problems.add("a", 3, "r", "m", "n")

    with pytest.raises(ContentErrors) as caught:
        problems.raise_if_any()

    assert [problem.line for problem in caught.value.problems] == [1, 3]
