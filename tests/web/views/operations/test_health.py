from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import HealthReport
from tests.web.conftest import browser_of

HEALTH = "/operations/health/"


@pytest.fixture
def admin(root):
    return browser_of(root)


def report(**changes) -> HealthReport:
    findings = [
        {"key": "engine", "state": "good", "found": "29.6.0"},
        {"key": "runc_flaws", "state": "warn", "found": "1.1.5+deb"},
        {"key": "walls", "state": "bad", "found": "<b>gone</b>"},
    ]
    return HealthReport.objects.create(**{"at": timezone.now(), "findings": findings, **changes})


def test_without_a_report_it_says_why(admin):
    assert "There is no report yet" in admin.get(HEALTH).content.decode()


def test_the_worst_comes_first_and_says_how_to_mend_it(admin):
    report()

    page = admin.get(HEALTH).content.decode()

    assert page.index("Firewall around labs") < page.index("Known flaws of runc") < page.index("Docker Engine</h2>")
    assert "<code>python3 -m tools walls up</code>" in page
    assert "&lt;b&gt;gone&lt;/b&gt;" in page
    assert "1 to mend" in page
    assert "This report is old" not in page


def test_an_old_report_is_said_to_be(admin):
    report(at=timezone.now() - timedelta(hours=1))

    assert "This report is old" in admin.get(HEALTH).content.decode()


def test_asking_again_waits_for_it(admin):
    report()

    part = admin.post(f"{HEALTH}examine/", headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part
    assert HealthReport.objects.get().asked_at is not None
    assert admin.post(f"{HEALTH}examine/")["Location"] == HEALTH
    HealthReport.objects.update(asked_at=None)
    assert "hx-trigger" not in admin.get(HEALTH, headers={"HX-Request": "true"}).content.decode()
