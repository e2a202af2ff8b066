"""The suites of `make test`: where they are, how long they may take, what they need."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """A folder of tests that runs as one pytest.

    budget: seconds on two cores the second time; going over it is reported, not failed, since machines differ.
    covered: whether its lines count for the coverage; suites that drive whole processes cannot be measured that way.
    """

    name: str
    paths: tuple[str, ...]
    budget: int
    options: tuple[str, ...] = ()
    covered: bool = False
    needs: tuple[str, ...] = ()


# Suites in folders of their own; every other folder below tests/ is unit tests that mirror the code.
FOLDERS = ("contract", "flow", "e2e", "crash", "abuse", "content")
BOTH_CORES = ("-n", "2")

SUITES = (
    Suite("unit", ("tests",), 100, BOTH_CORES, covered=True),
    Suite("postgresql", ("tests",), 80, BOTH_CORES, needs=("postgresql",)),
    Suite("contract", ("tests/contract",), 90, covered=True, needs=("engine",)),
    Suite("flow", ("tests/flow",), 60, covered=True, needs=("engine",)),
    Suite("content", ("tests/content",), 120, needs=("engine",)),
    Suite("e2e", ("tests/e2e",), 120, needs=("engine", "redis", "chromium")),
    Suite("abuse", ("tests/abuse",), 90, needs=("engine", "redis")),
    Suite("crash", ("tests/crash",), 150, needs=("engine", "redis")),
)
# The PostgreSQL suite is the tests that touch rows, again, on the production database.
DATABASE_FOLDERS = ("accounts", "audit", "courses", "lab_sessions", "sandboxes", "grading", "progress", "web")
