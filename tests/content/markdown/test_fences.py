"""The first line of a block of code."""

import pytest

from content.markdown.fences import Fence, FenceError, read_fence


@pytest.mark.parametrize(
    ("info", "fence"),
    [
        ("bash", Fence("bash", "copy")),
        (" Bash  {run} ", Fence("bash", "run")),
        ("bash{copy}", Fence("bash", "copy")),
        ("text {output}", Fence("text", "output")),
        ("bash {run terminal=second}", Fence("bash", "run", terminal="second")),
        ("bash {terminal=second run}", Fence("bash", "run", terminal="second")),
        ("yaml {file=a/b-1.yaml}", Fence("yaml", "file", path="a/b-1.yaml")),
        ("sh {file=${nombre}.sh}", Fence("sh", "file", path="${nombre}.sh")),
    ],
)
def test_a_fence_is_understood(info: str, fence: Fence):
    assert read_fence(info) == fence


@pytest.mark.parametrize(
    "info",
    [
        "", "{run}", "bash {file=}", "bash {file=../x}", "bash {file=/x}", "bash {file=a/}", "bash {file=./x}",
        "bash {jump}", "bash {run", "bash {{run}}", "bash {terminal=a}", "bash {terminal=}", "bash run",
        'bash {file="a b"}', "bash {file=a%2e}",
    ],
)  # fmt: skip
def test_anything_else_is_not(info: str):
    with pytest.raises(FenceError) as caught:
        read_fence(info)

    assert caught.value.message
    assert caught.value.mend
