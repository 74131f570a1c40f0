"""Where else people are found: they say it themselves, and take it away again."""

import pytest

from portal.accounts import erasing
from portal.accounts.handles.models import Handle
from portal.database import db
from tests.factories import EPOCH

PAGE = "/account/handles"


@pytest.fixture
def ines(as_, cast):
    return as_(cast.customer)


def link(browser, place, address):
    return browser.post(PAGE, data={"place": place, "address": address})


def test_a_handle_is_linked_once_shown_taken_along_and_taken_away(ines, as_, cast, rows):
    assert "Nothing is linked" in ines.get(PAGE).text
    for _ in range(2):
        assert link(ines, "mastodon", "@ines@social.example").status_code == 303
    assert rows(Handle) == 1
    assert "They say so" in ines.get(PAGE).text
    [kept] = ines.post("/account/data/").get_json()["handles"]
    assert (kept["place"], kept["address"]) == ("mastodon", "@ines@social.example")
    address = f"{PAGE}/{db.session.query(Handle).one().id}"
    assert as_(cast.other_customer).delete(address).status_code == 404
    assert ines.delete(address).status_code == 303
    assert ines.delete(address).status_code == 404
    assert rows(Handle) == 0


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("website", "@ines"),
        ("website", "javascript:alert(1)"),
        ("github", "http://github.com/ines"),
        ("other", "https://ines:secret@example.com/"),
        ("other", "https://"),
        ("linkedin", ""),
        ("nowhere", "@ines"),
        ("website", "https://" + "x" * 200 + ".example"),
        # A browser takes a backslash for the end of the host: it would lead to evil.example, and count as of example.com.
        ("website", "https://evil.example\\.example.com/"),
        ("website", "https://@evil.example/"),
        ("linkedin", "https://linkedin.com.evil.example/in/ines"),
        ("github", "https://evil.example/github.com"),
    ],
)
def test_what_leads_nowhere_is_refused_and_stays_typed(ines, rows, place, address):
    answer = link(ines, place, address)
    assert answer.status_code == 422
    assert rows(Handle) == 0
    assert not address or address[:150].replace("&", "&amp;") in answer.text


def test_an_address_is_of_the_place_that_it_names(ines, rows):
    for place, address in (
        ("linkedin", "https://de.linkedin.com/in/ines"),
        ("x", "https://twitter.com/ines"),
    ):
        assert link(ines, place, address).status_code == 303
    assert "is on linkedin.com" in link(ines, "linkedin", "https://evil.example/").text
    assert rows(Handle) == 2


def test_ten_are_enough(ines, rows):
    answers = [link(ines, "github", f"@ines{number}").status_code for number in range(11)]
    assert answers == [303] * 10 + [409]
    assert rows(Handle) == 10


def test_an_address_of_the_domain_of_the_confirmed_mail_is_verified_by_it(ines, as_, cast):
    cast.customer.email = "ines@northwind.example"
    link(ines, "website", "https://www.northwind.example/people/ines")
    link(ines, "website", "https://northwind.example.evil.example/ines")
    page = as_(cast.product_manager).get(f"/crm/people/{cast.customer.id}").text
    assert page.count("Verified by the mail domain") == 1
    assert page.count("They say so") == 1
    assert 'rel="nofollow noopener ugc"' in page
    cast.customer.confirmed_at = None
    page = as_(cast.product_manager).get(f"/crm/people/{cast.customer.id}").text
    assert "Verified by the mail domain" not in page
    cast.customer.confirmed_at, cast.customer.email = EPOCH, "ines@gmail.com"
    link(ines, "website", "https://gmail.com/ines")
    assert "Verified by the mail domain" not in ines.get(PAGE).text


def test_they_go_with_the_account_and_stand_on_no_profile(ines, as_, cast, rows):
    link(ines, "x", "@ines_of_northwind")
    assert "ines_of_northwind" not in as_(cast.other_customer).get(f"/people/{cast.customer.id}").text
    erasing.erase(cast.customer, by=cast.customer)
    db.session.commit()
    assert rows(Handle) == 0
