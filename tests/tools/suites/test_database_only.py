"""Which tests run a second time on PostgreSQL."""

import pytest

from tools.suites.database_only import touches_rows


@pytest.mark.parametrize(
    ("fixtures", "marked", "kept"),
    [
        ({"settings", "db", "alice"}, False, True),
        ({"transactional_db"}, False, True),
        ({"tmp_path"}, False, False),
        (set(), True, True),
    ],
)
def test_those_that_touch_rows(fixtures, marked, kept):
    assert touches_rows(fixtures, marked=marked) is kept
