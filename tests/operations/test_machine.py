import pytest

from operations import machine


def write_stat(folder, *numbers: int) -> None:
    (folder / "stat").write_text(f"cpu  {' '.join(map(str, numbers))}\ncpu0 1 2 3\n")


def test_processors_are_as_busy_as_since_the_last_look(tmp_path):
    processors = machine.Processors(tmp_path)
    write_stat(tmp_path, 100, 0, 100, 700, 100, 0, 0, 0, 50, 0)
    assert processors.share() is None

    write_stat(tmp_path, 140, 0, 110, 740, 110, 0, 0, 0, 90, 0)  # 50 busy, 50 idle; guests are counted in user

    assert processors.share() == pytest.approx(0.5)


def test_a_counter_that_went_back_says_nothing(tmp_path):
    processors = machine.Processors(tmp_path)
    write_stat(tmp_path, 100, 0, 0, 100, 0, 0, 0, 0)
    processors.share()
    write_stat(tmp_path, 10, 0, 0, 10, 0, 0, 0, 0)

    assert processors.share() is None


def test_memory_that_can_be_dropped_is_free(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 600 kB\nHugePages_Total: 0\n")

    found = machine.memory(tmp_path)

    assert (found.total, found.used, found.free) == (1_024_000, 409_600, 614_400)
    assert found.free_share == pytest.approx(0.6)


def test_the_disk_of_the_first_place_that_is_there(tmp_path, monkeypatch):
    asked = []
    usage = type("Usage", (), {"total": 100, "free": 30})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda place: asked.append(place) or usage)

    found = machine.disk("", str(tmp_path / "missing"), str(tmp_path))

    assert asked == [str(tmp_path)]
    assert (found.used, found.free) == (70, 30)
    machine.disk("")
    assert asked[-1] == "/"


def test_nothing_of_nothing_is_no_share():
    assert machine.Amount(used=0, total=0).free_share == 0.0


def test_this_machine():
    assert 0 < machine.memory().used < machine.memory().total
    assert 0 < machine.disk("/").used <= machine.disk("/").total
