"""Which backups are kept."""

from tools.backup import chores


def test_the_oldest_go_and_those_of_others_stay(tmp_path):
    for name in ("a-20260101T000000Z", "a-20260102T000000Z", "a-20260103T000000Z", "b-20250101T000000Z"):
        (tmp_path / f"{chores.PREFIX}-{name}{chores.SUFFIX}").touch()
    (tmp_path / "holiday.jpg").touch()

    removed = chores.remove_old(tmp_path, "a", 2)
    chores.remove_old(tmp_path, "a", 0)

    assert [path.name for path in removed] == [f"{chores.PREFIX}-a-20260101T000000Z{chores.SUFFIX}"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "holiday.jpg",
        f"{chores.PREFIX}-a-20260103T000000Z{chores.SUFFIX}",
        f"{chores.PREFIX}-b-20250101T000000Z{chores.SUFFIX}",
    ]
