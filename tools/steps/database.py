"""The database: its tables as the code expects them. SQLite in the clone, or what DATABASE_URL names."""

from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Apply the migrations that are missing."""
    printed = workspace.manage(
        "migrate",
        "--no-input",
        mend="Check DATABASE_URL; with SQLite, that the disk is not full. Your data is untouched.",
    )
    applied = printed.count("... OK")
    return f"applied {applied} migrations" if applied else "up to date"
