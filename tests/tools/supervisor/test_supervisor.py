"""A whole site of dummies under a supervisor that is a real process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import is_alive, until

from tools.ports import free_port
from tools.supervisor.supervisor import Supervisor
from tools.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent.parent.parent
SUPERVISOR = """
import sys
from pathlib import Path
from tools.supervisor.child import Command
from tools.supervisor.leftovers import MARK
from tools.supervisor.supervisor import supervise
from tools.workspace import Workspace

folder, port = Path(sys.argv[1]), sys.argv[2]
environment = {"PATH": "/usr/bin:/bin", MARK: str(folder)}
page = (
    "import http.server, sys\\n"
    "class Page(http.server.BaseHTTPRequestHandler):\\n"
    "    def do_GET(self): self.send_response(200); self.end_headers()\\n"
    "    def log_message(self, *_): pass\\n"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Page).serve_forever()"
)
work = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('working'); time.sleep(600)"
drain = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('drained'); print('3 sessions ended')"
commands = [
    Command("asgi", (sys.executable, "-c", page, port), environment, patience=3),
    Command("worker", (sys.executable, "-c", work, str(folder / "worker")), environment, patience=3),
]
workspace = Workspace(root=folder, environ={})
drain = [sys.executable, "-c", drain, str(folder / "drain")]
sys.exit(supervise(workspace, commands, f"http://127.0.0.1:{port}", drain))
"""


class Site:
    """The supervisor, and what can be seen of it from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        argv = [sys.executable, "-c", SUPERVISOR, str(folder), str(free_port())]
        self.output = (folder / "output").open("w+")
        self.process = subprocess.Popen(argv, cwd=ROOT, stdout=self.output, stderr=self.output)

    @property
    def told(self) -> str:
        return (self.folder / "output").read_text()

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


@pytest.fixture
def site(tmp_path):
    """A site of dummies that is starting."""
    site = Site(tmp_path)
    yield site
    site.process.kill()
    site.process.wait()
    site.output.close()


async def test_it_waits_until_pages_answer_and_tells_the_address(site):
    await until(lambda: "Muelle runs at http://127.0.0.1:" in site.told)

    assert len(site.children()) == 2
    assert "aprendiz / aprendiz" in site.told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_it_drains_and_leaves_nothing_behind(site, number):
    await until(lambda: "Muelle runs" in site.told)
    children = site.children()

    site.process.send_signal(number)
    await until(lambda: site.process.poll() is not None)

    assert site.process.returncode == 0
    assert (site.folder / "drain").read_text() == "drained"
    assert "3 sessions ended" in site.told
    assert not [pid for pid in children if is_alive(pid)]


@pytest.mark.parametrize(("drain", "told"), [(["drain"], True), ([], False)])
def test_only_where_it_ends_the_labs_ctrl_c_is_spoken_of(tmp_path, capsys, drain, told):
    Supervisor(Workspace(root=tmp_path, environ={}), [], "http://localhost:8000", drain)._welcome()

    assert ("Ctrl-C" in capsys.readouterr().out) is told


async def test_a_child_killed_with_9_comes_back(site):
    await until(lambda: "Muelle runs" in site.told)
    (site.folder / "worker").unlink()
    before = set(site.children())

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    await until((site.folder / "worker").exists)
    await until(lambda: len(set(site.children()) - before) == 2)

    assert "ended with signal SIGKILL" in site.told


async def test_when_the_supervisor_is_killed_with_9_its_children_end(site):
    await until(lambda: "Muelle runs" in site.told)
    children = site.children()

    site.process.kill()

    await until(lambda: not [pid for pid in children if is_alive(pid)])
    assert len(children) == 2
