"""The cookie that opens a lab origin."""

import pytest

from web_ports.cookies import is_set_cookie_of_ours, secrets_in, set_cookie, without_ours

SECRET = "s" * 43


def test_it_stays_on_one_host_and_away_from_scripts() -> None:
    assert set_cookie(SECRET) == f"muelle-port={SECRET}; Path=/; HttpOnly; SameSite=Lax"


def test_with_https_browsers_keep_others_from_setting_it(settings) -> None:
    settings.MUELLE_HTTPS = True

    assert set_cookie(SECRET) == f"__Host-muelle-port={SECRET}; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert secrets_in([f"muelle-port={SECRET}"]) == []


def test_each_of_that_name_is_looked_at_but_not_without_end() -> None:
    tossed = [f"muelle-port={letter * 43}" for letter in "abcdefgh"]

    assert secrets_in([f"x=1; {tossed[0]}; y", f"{tossed[1]};{tossed[2]}"]) == ["a" * 43, "b" * 43, "c" * 43]
    assert len(secrets_in(["; ".join(tossed)])) == 4


@pytest.mark.parametrize("value", ["", "x", f"{SECRET}x", f'"{SECRET}"', "é" * 43])
def test_what_is_no_secret_is_not_looked_at(value: str) -> None:
    assert secrets_in([f"muelle-port={value}"]) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (f"muelle-port={SECRET}", ""),
        (f"a=1; muelle-port={SECRET}; b=2", "a=1; b=2"),
        (f"a=1;muelle-port={SECRET};b", "a=1; b"),
        (f"__Host-muelle-port={SECRET}; a=1", "a=1"),
        (f"=muelle-port={SECRET}; a=1", "a=1"),
        ("a=muelle-port", "a=muelle-port"),
    ],
)
def test_programs_do_not_see_it(sent: str, shown: str) -> None:
    assert without_ours(sent) == shown


@pytest.mark.parametrize(
    "header", ["muelle-port=x", " muelle-port =x; Path=/", "__Host-muelle-port=x; Secure", "=muelle-port=x"]
)
def test_programs_do_not_set_it(header: str) -> None:
    assert is_set_cookie_of_ours(header)
    assert not is_set_cookie_of_ours("session=muelle-port")
