"""A sample of the hostile texts in the real browser: the pages show them and nothing runs, with our CSP and without it."""

from contextlib import contextmanager

import pytest

from portal.discussion import queries as posts
from portal.paging import Keyset
from tests.cast import sign_in
from tests.factories import EPOCH
from tests.hostile import crowding, payloads

SAMPLE = 300
# What hostile texts call, what they change, and what the policy had to stop.
WATCH = """
  window.ran = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open", "postMessage", "importScripts"]) {
    window[name] = (...given) => { window.ran.push(`${name}(${given})`); };
  }
  document.write = document.writeln = () => window.ran.push("document.write");
  document.addEventListener("securitypolicyviolation", (event) => {
    window.ran.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
"""
PAGES = [
    "/ideas/?sort=new", "/ideas/1", "/ideas/1/edit", "/ideas/1/history", "/questions/", "/questions/1", "/",
    "/admin/people", "/admin/companies", "/admin/boards", "/admin/categories", "/moderation/queue",
    "/moderation/log", "/people/1", "/people/1/reputation", "/account/", "/crm/people/1",
]  # fmt: skip


@pytest.fixture
def sample(own, request):
    """Some of ours and, where they are, of the collections."""
    more = request.getfixturevalue("texts")
    return payloads.sample(payloads.unique(each for each in [*more, *own] if len(each) <= 500), SAMPLE)


@pytest.fixture
def crowded(make, cast, sample, monkeypatch):
    """Everything that people can write is hostile; lists have one page."""
    page, stretch = Keyset.page, posts.stretch
    monkeypatch.setattr(Keyset, "page", lambda self, fetch, rows, *, cursor, size=0: page(self, fetch, rows, cursor=cursor, size=5_000))  # fmt: skip
    monkeypatch.setattr(posts, "stretch", lambda *args, **named: stretch(*args, **named | {"size": 5_000}))
    words = payloads.packed(sample, 80)
    board, category = make.board(name=f"1{words[0]}"[:60]), make.category(name=f"1{words[1]}"[:60])
    state = {"status": "planned", "status_at": EPOCH, "target": words[2][:40], "locked_at": EPOCH}
    make.idea(
        author=cast.customer, board=board, title=words[3], body=words[4], locked_reason=words[5], **state
    )
    make.topic(
        author=cast.customer,
        category=category,
        title=words[6],
        body=words[7],
        locked_at=EPOCH,
        locked_reason=words[8],
    )
    cast.customer.name, cast.customer.about, cast.company.name = words[9], words[10], words[11]
    for crowd in crowding.CROWDS:
        crowd.add(payloads.packed(sample, crowd.longest, "\n\n" if crowd.cooked else " "))


@pytest.fixture
def watched(chromium, site, app):
    """`with watched(person) as look`: a browser in which whatever runs is written down."""

    @contextmanager
    def open_(person, *, policy):
        context = chromium.new_context(base_url=site, bypass_csp=not policy, reduced_motion="reduce")
        context.add_init_script(WATCH)
        browser = app.test_client()
        sign_in(browser, person)
        cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        page, trouble = context.new_page(), []
        page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("popup", lambda _: trouble.append("popup"))
        page.on("request", lambda asked: asked.url.startswith(site) or trouble.append(f"asked {asked.url}"))
        yield page, trouble
        context.close()

    return open_


@pytest.mark.parametrize("policy", [True, False], ids=["with our policy", "without it"])
def test_nothing_runs(crowded, watched, cast, sample, policy):
    found, shown = {}, ""
    with watched(cast.admin, policy=policy) as (page, trouble):
        for path in PAGES:
            answer = page.goto(path, wait_until="load")
            assert answer.status == 200, path
            page.keyboard.press("Tab")
            page.mouse.move(300, 300)
            ran = page.evaluate("window.ran") + trouble
            assert page.url.endswith(path), page.url
            if ran:
                found[path] = ran[:5]
            trouble.clear()
            shown += page.evaluate("document.body.textContent")
    assert found == {}
    assert [text for text in sample if _letters(text) not in _letters(shown)] == []


def _letters(text):
    return "".join(each for each in text if each.isalnum())


def test_what_a_form_gives_back_runs_nothing(crowded, watched, cast, sample):
    with watched(cast.customer, policy=True) as (page, trouble):
        page.goto("/ideas/new")
        page.evaluate(
            "document.querySelectorAll('[maxlength]').forEach((e) => e.removeAttribute('maxlength'))"
        )
        page.fill("[name=title]", " ".join(sample)[:5_000])
        page.fill("[name=body]", "\n".join(sample)[:20_000])
        with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            page.get_by_role("button", name="Post the idea").click()
        assert answer.value.status == 422
        page.wait_for_load_state()
        assert page.evaluate("window.ran") + trouble == []
        assert len(page.input_value("[name=title]")) > 4_000
