"""The fast part of the tests: format, lint, types, direction of imports, migrations, content."""

import subprocess
import time

from tools.workspace import Workspace

# mypy without a cache on two slow cores.
CHECK_SECONDS = 600.0


def check(workspace: Workspace) -> int:
    """Run all checks, also after one failed, and name those that did. Returns the exit code."""
    failed = []
    environment = workspace.child_environment(PYTHONPATH="platform", DJANGO_SETTINGS_MODULE="config.settings")
    for name, argv in _checks(workspace).items():
        started = time.monotonic()
        done = subprocess.run(
            argv,
            cwd=workspace.root,
            env=environment,
            timeout=CHECK_SECONDS,
            text=True,
            capture_output=True,
            check=False,
        )
        seconds = time.monotonic() - started
        if done.returncode == 0:
            print(f"  {name:<12} ok      {seconds:6.1f} s")
            continue
        failed.append(name)
        print(f"  {name:<12} FAILED  {seconds:6.1f} s\n{done.stdout}{done.stderr}", flush=True)
    print(f"Not right yet: {', '.join(failed)}." if failed else "All checks pass.", flush=True)
    return 1 if failed else 0


def _checks(workspace: Workspace) -> dict[str, list[str]]:
    python = str(workspace.python)
    scripts = workspace.venv / "bin"
    manage = [python, str(workspace.root / "manage.py")]
    checks = {
        "format": [str(scripts / "ruff"), "format", "--check", "."],
        "lint": [str(scripts / "ruff"), "check", "."],
        "types": [str(scripts / "mypy"), "platform", "tools"],
        "imports": [str(scripts / "lint-imports")],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "content": [*manage, "check_content"],
    }
    if not (workspace.root / "labs" / "courses").is_dir():
        del checks["content"]
    return checks
