"""The Docker Engine that runs the labs: the one that answers, else one of our own."""

from tools.engine import own, places
from tools.engine.choose import choose_engine
from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Have an engine answer, and write down which."""
    choice = choose_engine(workspace.environ)
    started = own.ensure(workspace.say) if choice.own else False
    workspace.remember(MUELLE_ENGINE_URL=choice.url)
    if not choice.own:
        return f"the engine at {choice.url} answers"
    verb = "started" if started else "answers"
    return f"our own {verb} at {choice.url}" if choice.url == places.URL else choice.url
