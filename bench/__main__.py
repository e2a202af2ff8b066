"""Run the benchmarks and print their table: `python -m bench [--rounds N] [--only G1,G4] [--long] [--write FILE]`."""

import argparse
import datetime
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "platform")]

import arrival  # noqa: E402
import echo  # noqa: E402
import endurance  # noqa: E402
import engine_start  # noqa: E402
import idle  # noqa: E402
import inside  # noqa: E402
import interrupt  # noqa: E402
import machine  # noqa: E402
import mirror_pull  # noqa: E402
import pages  # noqa: E402
import stalled  # noqa: E402
import start  # noqa: E402
import throughput  # noqa: E402
from lab import ENGINE_POOL, STANDARD_POOL, Lab, pools, write_courses  # noqa: E402
from measure import Row, table  # noqa: E402
from running_site import running_site  # noqa: E402

import classroom  # noqa: E402  # after the path is set

GOALS = {
    "G1": start,
    "G4": echo,
    "G6": interrupt,
    "G7": stalled,
    "G8": throughput,
    "G9": mirror_pull,
    "G10": engine_start,
    "G12": idle,
    "G13": inside,
    "ARRIVAL": arrival,
    "PAGES": pages,
}
# Ten minutes and half an hour, so only where they are asked for.
LONG = {"CLASS": classroom, "ENDURANCE": endurance}


def main() -> int:
    options = read_options()
    if problem := machine.not_ready():
        print(problem, file=sys.stderr)
        return 2
    known = {**GOALS, **LONG}
    rows: list[Row] = []
    before = machine.steal()
    with tempfile.TemporaryDirectory(prefix="muelle-bench-") as directory:
        courses = write_courses(Path(directory) / "courses")
        settings = {**pools(STANDARD_POOL, ENGINE_POOL), "MUELLE_COURSES_DIR": str(courses)}
        with running_site(Path(directory), **settings) as site:
            lab = Lab(site)
            about = machine.describe(lab.engine_url)
            for goal in options.only or [*GOALS, *(LONG if options.long else ())]:
                began = time.monotonic()
                print(known[goal].__doc__, flush=True)
                rows += known[goal].measure(lab, options.rounds)
                lab.set_pools()
                print(f"{goal} took {time.monotonic() - began:.0f} s", flush=True)
    stolen = machine.steal_share(before, machine.steal())
    note = (
        f"{datetime.date.today():%Y-%m-%d}, {about}, {options.rounds} rounds; the hypervisor took {stolen:.0%} of it."
    )
    page = f"{note}\n\n{table(rows)}\n"
    print(page)
    if options.write:
        replace_last_table(options.write, page)
    return 1 if any(row.met is False for row in rows) else 0


def read_options() -> argparse.Namespace:
    """Read the command line. Ends the process with a sentence where it names a goal that does not exist."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often each thing is measured (default 20)")
    parser.add_argument("--only", type=lambda text: text.split(","), help="goals, separated by commas (default: all)")
    parser.add_argument("--long", action="store_true", help="also what takes half an hour: " + ", ".join(LONG))
    parser.add_argument("--cycles", type=endurance.cycles, help="starts and ends of ENDURANCE: standard,engine")
    parser.add_argument("--write", type=Path, help="the page whose last table is to be replaced")
    options = parser.parse_args()
    unknown = [goal for goal in options.only or () if goal not in {**GOALS, **LONG}]
    if unknown:
        parser.error(f"there is no goal {', '.join(unknown)}; there are: {', '.join([*GOALS, *LONG])}")
    if options.cycles:
        endurance.CYCLES.update(options.cycles)
    return options


def replace_last_table(path: Path, page: str) -> None:
    """Put `page` between the two marks of a document."""
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- last run -->\n")
    _, _, tail = rest.partition("<!-- end of last run -->")
    path.write_text(f"{head}<!-- last run -->\n{page}<!-- end of last run -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
