"""Demo accounts to try a new installation with, where only this machine can reach it."""

from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Create those that are missing."""
    if workspace.child_environment()["MUELLE_DEMO"] != "1":
        return "none where others can reach the site; `.venv/bin/python manage.py createsuperuser` makes an admin"
    printed = workspace.manage("demo_accounts")
    return f"{len(printed.strip().splitlines())} accounts"
