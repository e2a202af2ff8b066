"""Logs with a limit."""

from tools.supervisor.logs import BoundedLog


def test_a_full_log_is_put_aside_once(tmp_path):
    log = BoundedLog(tmp_path / "logs" / "asgi.log", most_bytes=100)

    for number in range(50):
        log.write(b"line %02d\n" % number)
    log.close()

    sizes = {path.name: path.stat().st_size for path in (tmp_path / "logs").iterdir()}
    assert set(sizes) == {"asgi.log", "asgi.log.1"}
    assert max(sizes.values()) <= 100
    assert (tmp_path / "logs" / "asgi.log").read_text().endswith("line 49\n")


def test_a_restart_goes_on_where_the_log_ended(tmp_path):
    for line in (b"before\n", b"after\n"):
        log = BoundedLog(tmp_path / "asgi.log")
        log.write(line)
        log.close()

    assert (tmp_path / "asgi.log").read_text() == "before\nafter\n"
