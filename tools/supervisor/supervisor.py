"""Start a site in order, keep it running, and end it in order."""

import asyncio
import contextlib
import signal
import sys
import urllib.request
from collections.abc import Callable, Sequence

from tools.redis import ask
from tools.service.notify import ready
from tools.supervisor.child import Child, Command
from tools.supervisor.site import names
from tools.workspace import Workspace

# A cold Python that imports Django on a busy machine.
HEALTHY_SECONDS = 90.0
HEALTH_POLL_SECONDS = 0.2
HEALTH_ANSWER_SECONDS = 2.0
REDIS_SECONDS = 10.0
# Some sixty sandboxes, a few destroyed at a time.
DRAIN_SECONDS = 60.0
# Ended first, so that nothing makes new sandboxes while the old ones are destroyed; pages and notices go on meanwhile.
LAUNCHERS = ("beat", "reconciler", "worker", "engine")


def say(text: str) -> None:
    """One line for the person in front of the screen."""
    print(f"muelle: {text}", flush=True)


class Supervisor:
    """Runs the commands of a site until it is told to stop."""

    def __init__(
        self,
        workspace: Workspace,
        commands: Sequence[Command],
        address: str,
        drain: Sequence[str],
        greeting: Callable[[], list[str]] | None = None,
    ) -> None:
        self.workspace = workspace
        self._greeting = greeting or self._other_addresses
        self.address = address
        self.children = {command.name: self._child(command) for command in commands}
        self._drain = list(drain)
        self._environment = next((dict(command.environment) for command in commands if command.name == "worker"), {})
        self._stop = asyncio.Event()
        self._interrupts = 0

    async def run(self) -> int:
        """Run until SIGINT, SIGTERM or SIGHUP. Returns the exit code: 0 when the site had come up."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._interrupted)
        healthy = False
        try:
            await self._start()
            healthy = await self._wait_until_healthy()
            if healthy:
                ready()
                self._welcome()
                await self._stop.wait()
        finally:
            await self._end()
        return 0 if healthy or self._interrupts else 1

    def _child(self, command: Command) -> Child:
        return Child(command, self.workspace.root, self.workspace.state / "logs" / f"{command.name}.log", say)

    def _interrupted(self) -> None:
        self._interrupts += 1
        self._stop.set()
        if self._interrupts > 1:
            say("ends at once; the next start looks after the sandboxes that are left")
            for child in self.children.values():
                child.kill()

    async def _start(self) -> None:
        if "redis" in self.children:
            self.children["redis"].start()
            await self._wait_for_redis()
        for name, child in self.children.items():
            if name != "redis":
                child.start()

    async def _wait_for_redis(self) -> None:
        url = self.workspace.setting("REDIS_URL")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REDIS_SECONDS):
                while not await asyncio.to_thread(ask, url, "PING"):
                    await asyncio.sleep(HEALTH_POLL_SECONDS)

    async def _wait_until_healthy(self) -> bool:
        try:
            async with asyncio.timeout(HEALTHY_SECONDS):
                while not await asyncio.to_thread(_is_healthy, f"{self.address}/healthz"):
                    if self._stop.is_set():
                        return False
                    await asyncio.sleep(HEALTH_POLL_SECONDS)
        except TimeoutError:
            log = self.workspace.state / "logs" / "asgi.log"
            say(f"the site did not answer within {HEALTHY_SECONDS:.0f} s; read {log}")
            return False
        return True

    def _welcome(self) -> None:
        lines = ["", f"Muelle runs at {self.address}/", *self._greeting()]
        if self.workspace.child_environment()["MUELLE_DEMO"] == "1":
            lines += [
                "  learner     aprendiz / aprendiz",
                "  instructor  docente / docente",
                "  admin       admin / admin",
            ]
        # As a service there is nobody who could press it, and labs live on.
        ending = " Ctrl-C ends the labs and the site." if self._drain else ""
        lines += [f"Logs are in {self.workspace.state / 'logs'}.{ending}", ""]
        print("\n".join(lines), flush=True)

    def _other_addresses(self) -> list[str]:
        port = self.address.rsplit(":", 1)[1]
        return [f"               http://{name}:{port}/" for name in names(self.workspace.host)]

    async def _end(self) -> None:
        say("ends the labs (Ctrl-C again to end at once)" if self._drain else "ends; labs live on in the engine")
        await asyncio.gather(*(self.children[name].stop() for name in LAUNCHERS if name in self.children))
        if self._interrupts < 2 and self._drain:
            await self._run_drain()
        await asyncio.gather(*(child.stop() for name, child in self.children.items() if name != "redis"))
        if "redis" in self.children:
            await self.children["redis"].stop()
        kept = (
            "; the lab engine stays up for the next run (`make engine-stop` ends it)"
            if "engine" in self.children
            else ""
        )
        say(f"ended{kept}")

    async def _run_drain(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._drain,
            cwd=self.workspace.root,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        told = asyncio.create_task(process.communicate())
        stopped = asyncio.create_task(self._second_interrupt())
        await asyncio.wait([told, stopped], timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if process.returncode is None and not told.done():
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            say("not all labs could be ended in time; the next start looks after the rest")
            return
        output = (await told)[0].decode(errors="replace").strip().splitlines()
        say(output[-1] if output else "labs ended")

    async def _second_interrupt(self) -> None:
        while self._interrupts < 2:
            await asyncio.sleep(HEALTH_POLL_SECONDS)


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            url, timeout=HEALTH_ANSWER_SECONDS
        ) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def supervise(
    workspace: Workspace,
    commands: Sequence[Command],
    address: str,
    drain: Sequence[str],
    greeting: Callable[[], list[str]] | None = None,
) -> int:
    """Run a site in the foreground. `greeting`: more lines to welcome with. Returns the exit code."""
    sys.stdout.flush()
    return asyncio.run(Supervisor(workspace, commands, address, drain, greeting).run())
