"""Run the benchmarks and print their table: `python bench [--rounds N] [--only G1,G4] [--write FILE]`."""

import argparse
import datetime
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "platform")]

import echo  # noqa: E402  # after the path is set
import interrupt  # noqa: E402
import machine  # noqa: E402
import mirror_pull  # noqa: E402
import stalled  # noqa: E402
import start  # noqa: E402
import throughput  # noqa: E402
from lab import Lab  # noqa: E402
from measure import Row, table  # noqa: E402
from running_site import running_site  # noqa: E402

GOALS = {"G1": start, "G4": echo, "G6": interrupt, "G7": stalled, "G8": throughput, "G9": mirror_pull}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often each thing is measured (default 20)")
    parser.add_argument("--only", default=",".join(GOALS), help="goals, separated by commas (default: all)")
    parser.add_argument("--write", type=Path, help="the page whose last table is to be replaced")
    options = parser.parse_args()
    rows: list[Row] = []
    before = machine.steal()
    with tempfile.TemporaryDirectory(prefix="muelle-bench-") as directory, running_site(Path(directory)) as site:
        lab = Lab(site)
        for goal in options.only.split(","):
            print(f"{goal}: {GOALS[goal].__doc__}", flush=True)
            rows += GOALS[goal].measure(lab, options.rounds)
        about = machine.describe(lab.engine_url)
    stolen = machine.steal_share(before, machine.steal())
    note = (
        f"{datetime.date.today():%Y-%m-%d}, {about}, {options.rounds} rounds; the hypervisor took {stolen:.0%} of it."
    )
    page = f"{note}\n\n{table(rows)}\n"
    print(page)
    if options.write:
        replace_last_table(options.write, page)
    return 0 if all(row.met for row in rows) else 1


def replace_last_table(path: Path, page: str) -> None:
    """Put `page` between the two marks of a document."""
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- last run -->\n")
    _, _, tail = rest.partition("<!-- end of last run -->")
    path.write_text(f"{head}<!-- last run -->\n{page}<!-- end of last run -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
