"""The company of a mail domain."""

import pytest

from portal.accounts import matching
from portal.accounts.models import CompanyDomain
from portal.database import db


@pytest.mark.parametrize(
    ("email", "company"),
    [
        ("a@northwind.example", "company"),
        ("a@mail.eu.northwind.example", "company"),
        ("a@harbor.northwind.example", "other_company"),
        ("a@notnorthwind.example", None),
        ("a@example", None),
        ("a@gmail.com", None),
        ("a@x.gmail.com", None),
        ("", None),
        (None, None),
    ],
)
def test_the_nearest_domain_decides(cast, at_most, email, company):
    db.session.add(CompanyDomain(domain="northwind.example", company_id=cast.company.id))
    db.session.add(CompanyDomain(domain="harbor.northwind.example", company_id=cast.other_company.id))
    db.session.add(CompanyDomain(domain="gmail.com", company_id=cast.other_company.id))
    db.session.commit()
    expected = getattr(cast, company).id if company else None
    with at_most(queries=1):
        assert matching.company_of(email) == expected


@pytest.mark.parametrize("domain", ["northwind.example", "a-b.co.uk", "xn--mnchen-3ya.de", "x.y.z.example"])
def test_these_domains_stand_for_a_company(domain):
    assert matching.objection(domain) is None


@pytest.mark.parametrize(
    ("domain", "says"),
    [
        ("northwind", "no mail domain"),
        ("@northwind.example", "no mail domain"),
        ("north wind.example", "no mail domain"),
        ("-x.example", "no mail domain"),
        ("x" * 64 + ".example", "no mail domain"),
        ("gmail.com", "Anybody can get an address"),
        ("mail.gmail.com", "Anybody can get an address"),
        ("co.uk", "Anybody can register"),
    ],
)
def test_these_do_not(domain, says):
    assert says in matching.objection(domain)


def test_the_list_of_free_mail_is_clean():
    assert len(matching.free_mail()) > 120
    assert all(matching.DOMAIN.fullmatch(domain) for domain in matching.free_mail())
