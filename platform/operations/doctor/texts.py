"""The words of the health report: what a line is about, what it means, how to mend it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from operations.doctor.base import Finding, State


@dataclass(frozen=True)
class Text:
    """What is said of one key, in English; shown through gettext."""

    title: str
    meaning: str
    mend: str


TEXTS = {
    "engine": Text(
        gettext_noop("Docker Engine"),
        gettext_noop("It makes the machines of labs. Without it nobody can start one; lessons and grades go on."),
        gettext_noop(
            "Run `make engine-status`; Docker Engine 20.10 or later must answer. In production only the worker and the "
            "reconciler reach it: run `doctor` there."
        ),
    ),
    "engine_flaws": Text(
        gettext_noop("Known flaws of the engine"),
        gettext_noop("They are in parts that labs neither use nor reach; what else runs on this engine may."),
        gettext_noop("Update Docker Engine with the packages of your distribution or of Docker."),
    ),
    "runc_flaws": Text(
        gettext_noop("Known flaws of runc"),
        gettext_noop("runc starts every container; a flaw in it can lead out of one."),
        gettext_noop(
            "Update runc. A version of a distribution may be mended although its number is old: its security tracker "
            "tells."
        ),
    ),
    "kernel_flaws": Text(
        gettext_noop("Known flaws of the kernel"),
        gettext_noop("All labs share the kernel of this machine; a flaw in it can lead from one to another."),
        gettext_noop("Update the kernel and start the machine anew."),
    ),
    "cgroup": Text(
        gettext_noop("Limits of memory, processes and processors"),
        gettext_noop("They keep one lab from taking the machine from the others."),
        gettext_noop(
            "Switch the missing ones on: `cgroup_enable=memory swapaccount=1` on the kernel's command line, or a "
            "kernel with cgroup v2."
        ),
    ),
    "lsm": Text(
        gettext_noop("Security modules"),
        gettext_noop(
            "seccomp is needed; AppArmor or SELinux is a second wall that stands when a first one has a hole."
        ),
        gettext_noop("Start the kernel with `security=apparmor` and install the package `apparmor`."),
    ),
    "live_restore": Text(
        gettext_noop("Labs outlive a restart of the engine"),
        gettext_noop("With live-restore an update of Docker ends no lab."),
        gettext_noop("Put `\"live-restore\": true` into the engine's `daemon.json` and reload it."),
    ),
    "quota": Text(
        gettext_noop("Hard limits of disks"),
        gettext_noop("Labs with a Docker of their own run only where a full disk of one is nobody else's."),
        gettext_noop("`MUELLE_ENGINE=own make setup` brings an engine up that can; then it is tried and noted."),
    ),
    "tunnels": Text(
        gettext_noop("Network inside labs with a Docker"),
        gettext_noop("Their containers reach a network through /dev/net/tun. Without it those labs are off."),
        gettext_noop("Load the module `tun` (`modprobe tun`) and run `make setup`, which tries it."),
    ),
    "walls": Text(
        gettext_noop("Firewall around labs"),
        gettext_noop("Labs with a network reach the mirror and nothing else. Where it does not stand, none starts."),
        gettext_noop(
            "`python3 -m tools walls up` puts it back; its keeper does so every two seconds and must run. Set-up says "
            "why where it could not be built."
        ),
    ),
    "mirror": Text(
        gettext_noop("Mirror of images and packages"),
        gettext_noop("Labs with a Docker pull and push there, without the internet."),
        gettext_noop("Its keeper brings it back (`muelle@mirror`, or `make run`). `make setup` fills it."),
    ),
    "images": Text(
        gettext_noop("Images of labs and the agent"),
        gettext_noop("What sandboxes are made from."),
        gettext_noop("`make setup`, or `make production`, builds them."),
    ),
    "tables": Text(
        gettext_noop("Tables of the kernel that labs share"),
        gettext_noop("Where they are small, one lab can use them up, and others open no terminals or watch no files."),
        gettext_noop("`make setup` as root raises them; docs/limits.md names them. A reboot forgets it."),
    ),
    "hardening": Text(
        gettext_noop("Guards of the kernel"),
        gettext_noop("They make flaws of the kernel harder to use for everybody on this machine."),
        gettext_noop("Put the settings into `/etc/sysctl.d/` with at least the value in brackets."),
    ),
    "clock": Text(
        gettext_noop("Clock"),
        gettext_noop("Deadlines, leases and the audit log need a clock that is right and is not set back."),
        gettext_noop("Install `systemd-timesyncd` or `chrony` here and where the database and Redis are."),
    ),
    "memory": Text(
        gettext_noop("Memory"),
        gettext_noop("When it runs out, the kernel ends programs, and not always the guilty ones."),
        gettext_noop("End labs, lower MUELLE_MAX_LIVE_SESSIONS and the pool, or add memory."),
    ),
    "disk": Text(
        gettext_noop("Disk"),
        gettext_noop("A full disk stops labs, the database and backups."),
        gettext_noop("Remove what is not needed (`docker image prune`, old backups) or enlarge the disk."),
    ),
    "python_flaws": Text(
        gettext_noop("Known flaws of Python"),
        gettext_noop("The site unpacks no archives of learners, so they are out of reach; an update is still better."),
        gettext_noop("Update Python with the packages of your distribution."),
    ),
    "https": Text(
        gettext_noop("Encryption"),
        gettext_noop("Without https whoever is in the same network reads passwords and terminals along."),
        gettext_noop("Set MUELLE_HTTPS=1 and give the proxy a certificate: docs/deploying.md, section TLS."),
    ),
    "debug": Text(
        gettext_noop("Debugging is off"),
        gettext_noop("Its error pages show strangers the inside of the site."),
        gettext_noop("Remove DEBUG from the environment."),
    ),
    "demo": Text(
        gettext_noop("No accounts with public passwords"),
        gettext_noop("The demo accounts are for trying the site on one's own machine."),
        gettext_noop("Set MUELLE_DEMO=0 and disable `aprendiz`, `docente` and `admin`."),
    ),
    "secret": Text(
        gettext_noop("Secret key"),
        gettext_noop("Whoever guesses it signs in as anybody."),
        gettext_noop("Let `make setup` draw one: remove SECRET_KEY from the environment."),
    ),
    "database": Text(
        gettext_noop("Database survives a power cut"),
        gettext_noop("What was acknowledged must be on the disk: submissions, grades, the audit log."),
        gettext_noop(
            "SQLite: WAL and synchronous=FULL, as the site sets them. PostgreSQL: fsync, full_page_writes and "
            "synchronous_commit on."
        ),
    ),
    "backups": Text(
        gettext_noop("Backups"),
        gettext_noop("The newest one is how much can be lost."),
        gettext_noop("Make one each night and try to restore it: docs/deploying.md, section Backups."),
    ),
    "redis": Text(
        gettext_noop("Redis"),
        gettext_noop("It carries wake-ups and notices; without it everything goes on, seconds later."),
        gettext_noop("Start it; REDIS_URL says where it is expected."),
    ),
    "reconciler": Text(
        gettext_noop("Reconciler"),
        gettext_noop("It keeps deadlines, mends what broke and takes these figures."),
        gettext_noop("Start it (`manage.py reconcile`); its log says why it ended."),
    ),
    "workers": Text(
        gettext_noop("Workers"),
        gettext_noop("They make sandboxes and look at submissions."),
        gettext_noop("Start them (`celery -A config worker`); their log says why they ended."),
    ),
}  # fmt: skip

STATES = {
    State.GOOD: gettext_noop("in order"),
    State.WARN: gettext_noop("look at it"),
    State.BAD: gettext_noop("mend it"),
}


@dataclass(frozen=True)
class Line:
    """A finding with its words, in the active language."""

    finding: Finding

    @property
    def title(self) -> str:
        return _(TEXTS[self.finding.key].title)

    @property
    def meaning(self) -> str:
        return _(TEXTS[self.finding.key].meaning)

    @property
    def mend(self) -> str:
        """How to mend it; empty for what is in order."""
        return "" if self.finding.state == State.GOOD else _(TEXTS[self.finding.key].mend)

    @property
    def state_word(self) -> str:
        return _(STATES[self.finding.state])
