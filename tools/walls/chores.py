"""The rare commands: look at the walls, put them up, take them away."""

from tools.walls import keeper, places, report, rules


def walls(action: str) -> int:
    """Do one of `keep`, `up`, `remove`, `status`. Returns the exit code. Raises Problem."""
    match action:
        case "keep":
            keeper.keep()
        case "up":
            keeper.put_up()
        case "remove":
            keeper.take_down()
    found = rules.digest()
    if not found:
        print(f"there is no table {places.TABLE}: labs with a network are refused")
    elif found != report.known_digest():
        print(f"the table {places.TABLE} is not the one that was put up: labs with a network are refused")
    else:
        print(f"the table {places.TABLE} is as it should be; `nft list table {rules.FAMILY} {places.TABLE}` shows it")
    return 0
