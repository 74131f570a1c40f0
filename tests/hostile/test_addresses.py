"""Whatever stands in an address: a page answers, says what is wrong, and nothing breaks."""

import base64
import json
import re
from urllib.parse import unquote

import pytest

NO_IDS = [
    "0",
    "-1",
    "9" * 18,
    str(2**63),
    "9" * 30,
    "9" * 5000,
    "1.5",
    "1e3",
    "%00",
    "1'--",
    "..",
    "%2e%2e%2f",
]
WANDERING = {"..", "%2e%2e%2f"}
"""They lead to another address, which may exist."""
TAILS = ["1-%ff%fe", "1-%0d%0aSet-Cookie:a=b", "1-" + "a" * 3000, "1-<script>", "1-%00", "٣", "1-🎉"]
"""Ids of something, with a tail that a careless program would trust."""

NO_NUMBERS = ["", "-1", "9" * 30, "1e999", "nan", "٣", "0x10", "1 OR 1=1", "\x00", "[" * 3000]
NO_WORDS = [
    "", "\x00", "a\x00b", "\ud800", "%", "_", "\\", "'", '"', "' OR 1=1 --", "((((", "a OR", "NOT", "*", "a*?[", "-",
    "\u202e", "🎉" * 50, "x" * 7000, "\r\nX-Injected: 1", "<script>alert(1)</script>", "{{ 7*7 }}", "%s %(a)s {0}",
]  # fmt: skip


def cursor(value):
    """As a list writes it into an address."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NO_CHOICES = ["", "\x00", "\ud800", "'", "x" * 7000, "<script>alert(1)</script>", "%s %(a)s {0}"]

NO_CURSORS = ["x", "é", "=" * 9, "\x00", "A" * 6000] + [
    cursor(value)
    for value in (
        None, 7, "x", [], {}, [[]], [0], [2, 1, 1], [0, None, None], [0, 1, 1, 1], [0, [], {}], [0, "\x00", 1],
        [0, "\ud800", 1], [0, 2**64, 2**64], [0, {"t": "yesterday"}, 1], [0, {"t": "2026-01-01T00:00:00"}, 1],
        [0, {"t": "0001-01-01T00:00:00+23:59"}, 1], [1, {"t": "9999-12-31T23:59:59-23:59"}, 1],
        [0, {"u": 1}, 1], [0, 1.5, "1"], [0, True, True], [1, 1, 2**63],
    )
]  # fmt: skip
LIKE_CURSORS = [
    cursor(value)
    for value in (
        [0, 1e308, 1], [0, float("nan"), 1], [0, float("inf"), 1], [1, -1.5, -1], [0, {"t": "0001-01-01T00:00:00Z"}, 1],
        [0, "'", 1], [0, "\u202e<script>", 1], [0, 2**63 - 1], [1, 0], [0, -(2**62), 1],
    )
]  # fmt: skip
"""Of some list, perhaps: a page or a refusal, whichever list is asked."""
FINE = {200, 400, 404}

PLACES = {
    "/ideas/": {
        "page": NO_CURSORS,
        "board": NO_NUMBERS,
        "status": NO_CHOICES,
        "sort": NO_CHOICES,
        "text": NO_WORDS,
        "mine": NO_CHOICES,
        "by": NO_CHOICES,
        "days": NO_NUMBERS,
        "tier": NO_WORDS,
        "segment": NO_WORDS,
    },
    "/desk/": {
        "page": NO_CURSORS,
        "sort": NO_CHOICES,
        **dict.fromkeys(("board", "owner", "label", "age"), NO_NUMBERS),
        **dict.fromkeys(("status", "tier", "segment", "text", "since", "until", "due", "state"), NO_WORDS),
    },
    "/desk/votes": {
        "page": NO_CURSORS,
        **dict.fromkeys(("idea", "board", "company", "against"), NO_NUMBERS),
        **dict.fromkeys(("tier", "segment", "since", "until"), NO_WORDS),
    },
    "/desk/figures": {"board": NO_NUMBERS},
    "/ideas/new": {"title": NO_CHOICES, "board": NO_NUMBERS},
    "/ideas/1": {"from": NO_NUMBERS, "to": NO_NUMBERS},
    "/questions/": {"cursor": NO_CURSORS, "category": NO_NUMBERS, "show": NO_CHOICES, "sort": NO_CHOICES},
    "/questions/new": {"title": NO_CHOICES, "body": NO_CHOICES, "category": NO_NUMBERS, "kind": NO_CHOICES},
    "/questions/1": {"from": NO_NUMBERS, "to": NO_NUMBERS},
    "/questions/1/comments": {"after": NO_NUMBERS},
    "/posts/3/comments": {"after": NO_NUMBERS},
    "/people/1/reputation": {"page": NO_CURSORS},
    "/search": {"q": NO_WORDS, "kind": NO_CHOICES, "page": NO_NUMBERS},
    "/search/similar": {"title": NO_WORDS},
    "/share": {"title": NO_CHOICES},
    "/moderation/queue": {"after": NO_NUMBERS},
    "/moderation/log": {"page": NO_CURSORS},
    "/moderation/flags/new": {"subject": NO_CHOICES, "thing_id": NO_NUMBERS, "reason": NO_CHOICES, "note": NO_CHOICES},
    "/changelog/": {"page": NO_CURSORS, "kind": NO_CHOICES, "board": NO_NUMBERS},
    "/changelog/1/edit": {"q": NO_WORDS},
    "/changelog/feed.atom": {"kind": NO_CHOICES},
    "/roadmap/": {"board": NO_NUMBERS, "segment": NO_WORDS, "tier": NO_CHOICES},
    "/roadmap/1/columns/open": {"page": NO_CURSORS, "board": NO_NUMBERS},
    "/roadmap/1/ideas/new": {"q": NO_WORDS},
    "/admin/people": {"page": NO_CURSORS, "q": NO_WORDS, "standing": NO_CHOICES},
    "/admin/companies": {"page": NO_CURSORS, "q": NO_WORDS},
}  # fmt: skip


OF_THE_HOUSE = {
    "/admin/boards/<int:board_id>/statuses",
    "/admin/boards/<int:board_id>/statuses/new",
    "/ideas/formulas/<int:board_id>",
}
"""Where board 0 is the house itself."""
OF_THE_CRM = {
    "crm_bridge.create_retry",
    "crm_bridge.set_aside",
    "crm_bridge.take_back",
    "crm_bridge.create_reading",
}
"""They act on what a CRM holds, which may be of somebody who is no more here: refused for what the form lacks."""


def addresses_of(rule, value):
    """The address of a route with this in the place of each id."""
    first_word = re.sub(r'<any\("?(\w+)[^)]*\):\w+>', r"\1", rule.rule)
    return re.sub(r"<[^>]+>", lambda _: value, first_word)


def test_an_id_of_nothing_is_404_on_every_route(app, as_, cast, things):
    ada = as_(cast.admin)
    rules = [rule for rule in app.url_map.iter_rules() if re.search(r"<(slugged|int)", rule.rule)]
    assert len(rules) > 30
    for value in NO_IDS:
        # What is no number meets no route, whatever the method: one of these is asked.
        met = [rule for rule in rules if meets_one(app, addresses_of(rule, value))]
        is_number = re.fullmatch(r"\d{1,18}", value) is not None
        assert len(met) == len(rules) if is_number else value in WANDERING or met == [], value
        asked = {
            (method, rule.endpoint): ada.htmx(method, addresses_of(rule, value)).status_code
            for rule in met or rules[:1]
            for method in rule.methods & ({"GET", "POST", "PUT", "DELETE"} if is_number else {"GET"})
            if value != "0" or rule.rule not in OF_THE_HOUSE
        }
        of_the_crm = {who: asked.pop(who) for who in list(asked) if who[1] in OF_THE_CRM}
        assert set(of_the_crm.values()) <= {400, 404, 409}, value
        allowed = {404, 405, 308} if value in WANDERING else {404}
        assert {who: status for who, status in asked.items() if status not in allowed} == {}, value


def meets_one(app, address):
    """Whether the address is one of a route, by any method."""
    return bool(app.url_map.bind("localhost").allowed_methods(unquote(address)))


def test_a_word_of_nothing_breaks_no_route(app, as_, cast, things):
    ada, broken = as_(cast.admin), {}
    rules = [rule for rule in app.url_map.iter_rules() if re.search(r"<(?!int|slugged|any|path)", rule.rule)]
    assert len(rules) > 20
    for value in ("%00", "a%00b", "%ed%a0%80", "x" * 3000, "%0d%0aSet-Cookie:a=b", "%25s{0}", "'--"):
        for rule in rules:
            path = re.sub(r"<(int|slugged):[^>]+>", "1", re.sub(r'<any\("?(\w+)[^>]*>', r"\1", rule.rule))
            for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}:
                status = ada.open(re.sub(r"<[^>]+>", value, path), method=method).status_code
                if status >= 500:
                    broken[method, rule.endpoint, value[:20]] = status
    assert broken == {}


def test_the_tail_of_an_id_is_never_trusted(as_, things):
    stranger = as_()
    for value in TAILS:
        for path in ("/ideas/", "/questions/", "/people/"):
            answer = stranger.get(path + value)
            assert answer.status_code in ({200} if value[0] == "1" else {200, 404}), value
            assert "Set-Cookie" not in answer.headers


def queries_of(places):
    """Each value in each place of a page, those of one kind in all their places at once, each in another one."""
    for values in (NO_NUMBERS, NO_WORDS, NO_CHOICES):
        names = [name for name, kind in places.items() if kind is values]
        for turn in range(len(values) if names else 0):
            yield {name: values[(turn + n) % len(values)] for n, name in enumerate(names)}


def test_no_question_in_an_address_breaks_a_page(as_, cast, things):
    ada, broken = as_(cast.admin), {}

    def ask(path, query, fine):
        found = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
        status = ada.get(path, query_string=found).status_code
        if status not in fine:
            broken[path, repr(query)[:200]] = status
        return status

    for path, places in PLACES.items():
        for query in queries_of(places):
            # A page that comes has read them all. Where one was refused nothing is known of the others: each alone.
            if ask(path, query, FINE) != 200 and len(query) > 1:
                for name, value in query.items():
                    ask(path, {name: value}, FINE)
        for name in (name for name, kind in places.items() if kind is NO_CURSORS):
            for value in NO_CURSORS:
                ask(path, {name: value}, {400})
            for value in LIKE_CURSORS:
                ask(path, {name: value}, FINE)
    assert broken == {}


@pytest.mark.parametrize("path", ["/ideas/1", "/questions/1"])
def test_only_the_place_in_a_discussion_is_repeated_as_its_address(as_, things, path):
    names = ("idea_id", "topic_id", "endpoint", "values", "_external", "_scheme", "_anchor", "_method", "utm")
    answer = as_().get(path, query_string={"from": "9"} | dict.fromkeys(names, "javascript"))
    assert answer.status_code == 200
    (canonical,) = re.findall(r'rel="canonical" href="([^"]+)"', answer.text)
    assert re.fullmatch(rf"(http://localhost)?{path}-[a-z-]+\?from=9", canonical)
