"""Any value in any field: missing, numbers of any size, signs that no database keeps. Refused or taken, and nothing breaks."""

from flask_security import hash_password

from tests.hostile.doors import DOORS, PASSWORD

VALUES = ("", "0", "-1", "9" * 30, "1e999", "nan", "٣", "\x00", "\ufffe", "' OR 1=1 --", "\U000e0001" * 30)
TAKEN = {303, 204}
"""By a redirect, and by one that a script follows."""
ANSWERS = {200, 400, 403, 404, 409, 422} | TAKEN


def test_any_value_in_every_field(as_, cast, things):
    names = {name: getattr(thing, "id", 0) for name, thing in things.items()} | {"token": "x"}
    for person in {door.by for door in DOORS} - {"stranger"}:
        cast[person].password = hash_password(PASSWORD)
    found, taken = {}, set()
    for door in DOORS:
        browser, path = as_(cast[door.by]), door.address.format(**names)
        for value in (None, *VALUES):
            data = {} if value is None else dict.fromkeys([*door.texts, *door.others], value)
            # By turns as a form without script sends it, and as htmx does.
            headers = {"HX-Request": "true"} if len(found) % 2 else {}
            status = browser.open(path, method=door.method, data=data, headers=headers).status_code
            found[door.name, value] = status
            taken |= {door.name} if status in TAKEN else set()
    assert {what: status for what, status in found.items() if status not in ANSWERS} == {}
    # Most refuse, or the words would never have come as far as the database.
    assert len(taken) > 10
