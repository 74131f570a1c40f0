"""Tries are counted for an address and for an account; the refusal says how long to wait."""

import re

import pytest

from tests.accounts.conftest import PASSWORD


def sign_in(browser, email, password="wrong"):  # noqa: S107
    return browser.post("/login", data={"email": email, "password": password}).status_code


def test_tries_at_one_account_are_counted_wherever_they_come_from(limited, cast, with_password):
    ines = with_password(cast.customer)
    tries = [sign_in(limited(f"192.0.2.{n}"), ines.email) for n in range(12)]
    assert tries == [422] * 10 + [429] * 2
    assert sign_in(limited(), ines.email.upper(), PASSWORD) == 429
    assert sign_in(limited(), cast.other_customer.email) == 422


def test_the_refusal_says_how_long(limited, cast):
    for _ in range(10):
        sign_in(limited(), "a@example.com")
    answer = limited().post("/login", data={"email": "a@example.com", "password": "x"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert re.search(r"You can go on in \d+ seconds?\.", answer.text)


def test_tries_from_one_address_are_counted_whoever_is_meant(limited, cast):
    tries = [sign_in(limited(), f"a{n}@example.com") for n in range(31)]
    assert tries == [422] * 30 + [429]
    assert sign_in(limited("192.0.2.7"), "a@example.com") == 422


def test_signing_in_rightly_is_not_counted(limited, cast, with_password):
    ines = with_password(cast.customer)
    assert {sign_in(limited(), ines.email, PASSWORD) for _ in range(12)} == {303}


@pytest.mark.parametrize("path", ["/reset", "/confirm"])
def test_nobody_is_flooded_with_mail(limited, cast, mails, path):
    tries = [limited(f"192.0.2.{n}").post(path, data={"email": cast.customer.email}) for n in range(6)]
    assert [each.status_code for each in tries] == [303] * 5 + [429]


def test_registering_is_limited(limited, cast, mails):
    form = {"name": "Ida", "password": PASSWORD, "email": cast.customer.email}
    tries = [limited(f"192.0.2.{n}").post("/register", data=form).status_code for n in range(6)]
    assert tries == [303] * 5 + [429]
    assert len(mails()) == 5


def test_looking_at_the_pages_is_not(limited, cast):
    assert {limited().get("/login").status_code for _ in range(40)} == {200}
