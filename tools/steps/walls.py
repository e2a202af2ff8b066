"""The walls around labs with a network: a firewall of our own, and the range that their networks are taken from."""

from tools.engine.network import free_network, taken_networks
from tools.engine.places import SESSION_POOLS
from tools.locks import machine_lock
from tools.problems import Problem
from tools.shell import find_program
from tools.steps.mirror import is_needed
from tools.walls import keeper
from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Have them, and write the range down; without walls it is empty, and labs with a network are refused."""
    try:
        network = _put_up(workspace)
    except Problem as problem:
        workspace.remember(MUELLE_LAB_NETWORKS="")
        return f"labs with a network are off: {problem}"
    workspace.remember(MUELLE_LAB_NETWORKS=network)
    return f"up; networks of labs are taken from {network}" if network else "not needed: no lab has a network here"


def _put_up(workspace: Workspace) -> str:
    if not is_needed(workspace):
        return ""
    if find_program("nft") is None:
        raise Problem("there is no program `nft`", "`apt-get install nftables`, and run again.")
    with machine_lock("walls", waiting=workspace.say):
        keeper.put_up()
    return free_network(SESSION_POOLS, taken_networks())
