"""The suites of `make test`: where they are, how long they may take, what they need."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """A pytest of its own over some folders.

    budget: seconds on two cores the second time; going over it is reported, not failed, since machines differ.
    covered: whether its lines count for the coverage; suites that drive whole processes cannot be measured that way.
    needs: what must be there beside the code; where it is not, the suite is listed with the reason.
    waits: whether it mostly waits for containers, browsers and clocks; two such suites run side by side.
    offline: whether it runs in a network of its own that has nothing but itself: a browser drops what is on its way
        whenever an interface comes or goes, and labs beside it make and remove some all the time.
    """

    name: str
    budget: int
    paths: tuple[str, ...]
    options: tuple[str, ...] = ()
    covered: bool = False
    needs: tuple[str, ...] = ()
    waits: bool = False
    offline: bool = False


# Suites in folders of their own; every other folder below tests/ is unit tests that mirror the code.
FOLDERS = ("contract", "flow", "e2e", "day", "lan", "crash", "abuse", "compose", "life", "prove")
BOTH_CORES = ("-n", "2")
# What an engine does is the same with any database.
ROWS_ONLY = ("-p", "tools.suites.database_only", "-m", "not docker")

SUITES = (
    Suite("unit", 150, ("tests",), options=(*BOTH_CORES, "-m", "not docker"), covered=True),
    # The tests that touch rows, again, on the production database.
    Suite("postgresql", 60, ("tests",), options=(*BOTH_CORES, *ROWS_ONLY), needs=("postgresql",)),
    # Tests beside the code that need a real engine.
    Suite("engine", 60, ("tests",), options=("-m", "docker"), covered=True, needs=("engine",)),
    Suite("contract", 120, ("tests/contract",), covered=True, needs=("engine",), waits=True),
    Suite("flow", 180, ("tests/flow",), covered=True, needs=("engine", "redis"), waits=True),
    Suite("e2e", 240, ("tests/e2e",), needs=("engine", "redis", "chromium"), waits=True, offline=True),
    # A whole day of a school with thirty learners, and the power cut in it..
    Suite("day", 180, ("tests/day",), needs=("engine", "redis", "chromium"), waits=True, offline=True),
    # A classroom: the site as LAN=1 starts it, and Chromium in another network behind a line that is slow and loses.
    Suite("lan", 180, ("tests/lan",), needs=("engine", "redis", "chromium"), waits=True, offline=True),
    Suite("abuse", 330, ("tests/abuse",), needs=("engine", "redis"), waits=True),
    Suite("crash", 320, ("tests/crash",), needs=("engine", "redis"), waits=True),
    # The life of a server: the power goes and comes back, a backup is restored elsewhere.
    Suite("life", 150, ("tests/life",), needs=("engine", "redis", "postgresql"), waits=True),
    # docker-compose.yml, brought up on an ordinary engine of its own, whose way out is our lab engine's bridge.
    Suite("compose", 270, ("tests/compose",), needs=("own engine", "compose"), waits=True),
    # The proof that every published lab can be solved: minutes where a lab, its image or the checks changed.
    Suite("prove", 60, ("tests/prove",), needs=("engine",), waits=True),
)
