"""A pytest plugin (`-p tools.suites.database_only`): keeps the tests that touch rows, to run them on PostgreSQL too."""

import pytest

# Fixtures of pytest-django that open the database; every fixture that makes rows asks for one of them.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}


def touches_rows(fixtures: set[str], *, marked: bool) -> bool:
    """Whether a test with these fixtures, or with the mark `django_db`, uses the database."""
    return marked or bool(DATABASE_FIXTURES & fixtures)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that do not touch rows."""
    kept = [item for item in items if _touches_rows(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _touches_rows(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return touches_rows(fixtures, marked=item.get_closest_marker("django_db") is not None)
