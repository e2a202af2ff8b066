"""Demo accounts to try a new installation with, where only this machine can reach it; elsewhere none of those."""

from tools.workspace import Workspace

# Made in a classroom whose site has no admin yet.
FIRST_ADMIN = "encargado"
ADD_ADMIN = ".venv/bin/python manage.py add_account NAME --role admin --draw"


def run(workspace: Workspace) -> str:
    """Create those that are missing; where others can reach the site, close them."""
    if workspace.child_environment()["MUELLE_DEMO"] != "1":
        return _guard(workspace)
    printed = workspace.manage("demo_accounts")
    return f"{len(printed.strip().splitlines())} accounts"


def _guard(workspace: Workspace) -> str:
    """Public passwords are closed before the site listens; a classroom gets an admin, whom the welcome names."""
    arguments = ["--admin", FIRST_ADMIN] if workspace.lan else []
    printed = workspace.manage("guard_accounts", *arguments).strip().splitlines()
    closed = sum(line.startswith("closed:") for line in printed)
    workspace.notes += [
        f"  {line.removeprefix('admin: ')}  (an admin, drawn now and shown this once)"
        for line in printed
        if line.startswith("admin:")
    ]
    return f"none with a public password ({closed} closed); `{ADD_ADMIN}` makes an admin"
