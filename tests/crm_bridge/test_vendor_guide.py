"""The vendor that stands in docs/crm-vendors.md is one: it is put where the guide says, and asked what every vendor is."""

import re
import sys
from pathlib import Path

import pytest

from portal import crm_bridge
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import GATEWAYS, Key, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from tests.crm_bridge.fakes.shelf import Shelf
from tests.crm_bridge.test_conformance import (  # noqa: F401
    test_a_row_is_created_and_read_back,
    test_a_vote_hangs_under_its_contact,
    test_an_activity_is_there_once_and_goes_with_the_contact,
    test_an_update_writes_the_fields_it_names_and_no_other,
    test_before_the_schema_there_is_nothing_to_read,
    test_changes_are_fetched_in_parts_without_loss,
    test_erasing_is_final_and_may_be_repeated,
    test_it_says_what_it_is_and_who_we_are_there,
    test_keys_find_what_is_there,
    test_the_schema_is_made_once,
    test_what_is_gone_is_said_to_be_gone,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "crm-vendors.md").read_text()
FILES = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", GUIDE, re.S))
[LINE] = re.findall(r'"shelf": "(portal\.crm_bridge\.shelf\S+)",', GUIDE)


@pytest.fixture(scope="module", autouse=True)
def followed(tmp_path_factory):
    """What the guide says is done: a folder with its files, and one line."""
    place = tmp_path_factory.mktemp("vendors")
    (place / "shelf").mkdir()
    (place / "shelf" / "__init__.py").touch()
    for name, code in FILES.items():
        (place / "shelf" / name).write_text(code)
    crm_bridge.__path__.append(str(place))
    GATEWAYS["shelf"] = LINE
    yield
    del GATEWAYS["shelf"]
    crm_bridge.__path__.remove(str(place))
    for name in [each for each in sys.modules if each.startswith("portal.crm_bridge.shelf")]:
        del sys.modules[name]


@pytest.fixture
def vendor():
    return "shelf"


@pytest.fixture
def fake():
    return Shelf()


@pytest.fixture
def gateway(fake):
    made = connect("shelf", fake.settings, fake.wire)
    yield made
    made.close()


@pytest.fixture
def ready(gateway):
    gateway.ensure_schema(KINDS)
    return gateway


def test_the_guide_holds_a_whole_vendor():
    assert list(FILES) == ["declaration.py", "gateway.py"]
    declared = declaration("shelf")
    assert [each.name for each in declared.settings][:2] == ["url", "token"]
    assert all(each.label and each.meaning for each in declared.settings)


def test_a_push_writes_everybody_once_and_a_second_one_nothing(bridge, fake, consenting):
    for n in range(3):
        consenting(name=f"Person {n}")
    bridge.gateway.ensure_schema(KINDS)
    assert bridge.push()["created"] == 3
    assert len(bridge.held("contact")) == 3
    before = len(fake.calls)
    assert bridge.push() == {"equal": 3}
    assert len(fake.calls) == before


def test_a_row_that_is_refused_holds_up_no_other_and_is_said_in_its_words(ready, fake):
    fake.refuses = "points"
    bad, good = ready.upsert_many(
        "contact", [Row(Ref("person:1"), {"points": 1}, 1), Row(Ref("person:2"), {"name": "Ines"}, 1)]
    )
    assert (bad.status, bad.field, bad.permanent) == (Status.FAILED, "points", True)
    assert bad.message == "This field takes no such value"
    assert good.status is Status.CREATED


def test_somebody_whom_they_made_is_recognised_and_only_emptied(ready, fake):
    theirs = fake.somebody(name="Known", email="known@acme.example")
    assert ready.plan_keys("contact", [Key("person:1", "known@acme.example")]) == [theirs]
    ready.upsert_many("contact", [Row(Ref("person:1", theirs), {"points": 3}, 1)])
    [said] = ready.erase("contact", [Ref("person:1", theirs)])
    assert (said.status, said.blanked) == (Status.ERASED, True)
    assert fake.records[theirs]["fields"] == {"name": "Known", "email": "known@acme.example"}
    assert ready.read_many("contact", [Ref("person:1", theirs)]) == [None]
