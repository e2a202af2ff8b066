"""A copy of this machine that systemd boots, and whose power can be cut. Everything it made is gone afterwards."""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.experiments.systemd_boot.bare import PATH, make_bare
from tools.experiments.systemd_boot.line import Line
from tools.shell import run, succeeds

NAME = "muelle-boot"
DISK_SIZE = "40G"
# FS_IOC_SHUTDOWN of ext4 and xfs: from then on nothing reaches the disk, not even the journal in memory.
SHUT_DOWN, WITHOUT_ANY_FLUSH = 0x8004587D, 2
# Until PID 1 answers; it takes two seconds on a quiet machine.
BOOT_SECONDS = 60.0
# A first installation builds every image of the labs.
COMMAND_SECONDS = 1800.0
# Of the environment of this machine's shell: the way out.
PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")


class Machine:
    """`with Machine() as machine: machine.boot()`. Needs root, overlayfs, loop devices and iptables."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-", dir="/var/tmp"))
        self.root = self.folder / "root"
        self.console = self.folder / "console.log"
        self.line = Line()
        self._outer: subprocess.Popen[bytes] | None = None
        self.pid = 0

    def __enter__(self) -> Self:
        disk = self.folder / "disk"
        for place in (disk, self.root):
            place.mkdir()
        self.console.touch()
        # The upper folder may not lie on an overlay, and what a disk keeps over a power cut lies on a disk.
        self._call("truncate", "--size", DISK_SIZE, str(self.folder / "disk.ext4"))
        self._call("mkfs.ext4", "-q", str(self.folder / "disk.ext4"))
        self._mount()
        make_bare(self.root, NAME, self.console)
        return self

    def _mount(self) -> None:
        disk = self.folder / "disk"
        self._call("mount", "-o", "loop", str(self.folder / "disk.ext4"), str(disk))
        for name in ("upper", "work"):
            (disk / name).mkdir(exist_ok=True)
        options = f"lowerdir=/,upperdir={disk}/upper,workdir={disk}/work"
        self._call("mount", "-t", "overlay", "-o", options, NAME, str(self.root))

    def _unmount(self) -> None:
        for place in (self.root, self.folder / "disk"):
            if place.is_mount():
                self._wait(partial(succeeds, ["umount", place]), f"the end of {place}")
        # The last of its namespaces may hold the file system for a moment longer; it is to be read from the disk anew.
        self._wait(lambda: not run(["losetup", "--associated", self.folder / "disk.ext4"]), "the end of its disk")

    def boot(self) -> float:
        """Power on; return after how many seconds PID 1 answered."""
        began = time.monotonic()
        if not self.root.is_mount():
            self._mount()
        join = "; ".join(f"echo $$ > {folder}/cgroup.procs" for folder in self._groups())
        shares = ("--mount", "--pid", "--fork", "--uts", "--ipc", "--net", "--cgroup")
        script = Path(__file__).with_name("boot.sh")
        command = f'{join}; exec unshare {" ".join(shares)} --propagation private sh "$@"'
        words = ["sh", "-ec", command, "sh", str(script), str(self.root), str(self.console)]
        with self.console.open("ab") as said:
            self._outer = subprocess.Popen(words, stdout=said, stderr=said, start_new_session=True)
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children")
        self.pid = int(self._wait(lambda: children.read_text().strip(), "PID 1"))
        self._wait(lambda: Path(f"/proc/{self.pid}/comm").read_text() == "systemd\n", "systemd")
        self.line.connect(self.pid)
        self._wait(lambda: self.answers("systemctl", "list-jobs"), "an answer of systemd")
        return time.monotonic() - began

    def cut_power(self) -> None:
        """End every process of it in the same moment, without a word to any; its disk has what was written by then."""
        assert self._outer is not None
        folder = os.open(self.folder / "disk", os.O_RDONLY)
        fcntl.ioctl(folder, SHUT_DOWN, struct.pack("I", WITHOUT_ANY_FLUSH))
        os.close(folder)
        os.kill(self.pid, signal.SIGKILL)
        self._outer.wait(BOOT_SECONDS)
        self.line.disconnect()
        self.pid = 0
        self._unmount()

    def run(self, *command: str) -> str:
        """Run a command in it as an admin does, in a scope that does not end with the command; what it printed.

        Raises CalledProcessError.
        """
        done = subprocess.run(
            [*self._inside(), "systemd-run", "--scope", "--quiet", "--slice=user.slice", *command],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=COMMAND_SECONDS,
            env=self._environment(),
        )
        return done.stdout

    def answers(self, *command: str) -> bool:
        """Whether a command ends well in it."""
        quiet = subprocess.DEVNULL
        return (
            subprocess.run([*self._inside(), *command], stdout=quiet, stderr=quiet, env=self._environment()).returncode
            == 0
        )

    def _inside(self) -> list[str]:
        return ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup"]

    @staticmethod
    def _environment() -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **passed}

    @staticmethod
    def _groups() -> list[Path]:
        """A group of the machine's own below ours in each hierarchy, made."""
        found = []
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, names, place = line.split(":", 2)
            mounted = names.removeprefix("name=")
            if not names:
                mounted = "" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "unified"
            folder = Path("/sys/fs/cgroup") / mounted / place.lstrip("/") / NAME
            folder.mkdir(exist_ok=True)
            for setting in ("cpuset.cpus", "cpuset.mems"):  # of which the first version inherits none
                if (folder / setting).exists() and mounted == "cpuset":
                    (folder / setting).write_text((folder.parent / setting).read_text())
            found.append(folder)
        return found

    def _wait(self, question: Callable[[], object], what: str) -> str:
        end = time.monotonic() + BOOT_SECONDS
        while not (answer := question()):
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come; {self.console} says why")
            time.sleep(0.05)
        return str(answer)

    @staticmethod
    def _call(*command: str) -> None:
        subprocess.run(command, check=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pid:
            self.cut_power()
        self._unmount()
        for folder in self._groups():
            for below in sorted(folder.rglob("*/"), key=lambda path: -len(path.parts)):
                below.rmdir()
            folder.rmdir()
        shutil.rmtree(self.folder)
