"""A sample of the hostile texts in the real browser: the pages show them and nothing runs."""

from contextlib import contextmanager

import pytest

from portal.discussion import queries as posts
from portal.paging import Keyset
from tests.cast import sign_in
from tests.factories import EPOCH
from tests.hostile import crowding, payloads
from tests.services import shared_folder

# What a browser makes of a page does not hang on the database.
pytestmark = pytest.mark.only_on("sqlite")
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
    "/ideas/?sort=new", "/ideas/1", "/ideas/1/edit", "/questions/", "/questions/1", "/", "/admin/people",
    "/admin/companies", "/admin/boards", "/moderation/queue", "/moderation/log", "/people/1", "/account/",
    "/crm/people/1",
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
    locked = {"locked_at": EPOCH, "locked_reason": words[5]}
    state = {"status": "planned", "status_at": EPOCH, "target": words[2][:40]}
    make.idea(author=cast.customer, board=board, title=words[3], body=words[4], **state, **locked)
    make.topic(author=cast.customer, category=category, title=words[6], body=words[7], **locked)
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


def trouble_on(page, trouble, path):
    """What ran, or tried to, on the page at this address."""
    answer = page.goto(path, wait_until="load")
    assert answer.status == 200, path
    page.keyboard.press("Tab")
    page.mouse.move(300, 300)
    ran = [each for frame in page.frames for each in frame.evaluate("window.ran")] + trouble
    assert page.url.endswith(path), page.url
    trouble.clear()
    return ran


def test_nothing_runs(crowded, watched, cast, sample):
    """What our policy has to stop counts, too: nothing even tries."""
    assert len(sample) == SAMPLE or (not shared_folder().is_dir() and len(sample) > 150)
    found, shown = {}, {}
    with watched(cast.admin, policy=True) as (page, trouble):
        for path in PAGES:
            found[path] = trouble_on(page, trouble, path)
            shown[path] = _letters(page.evaluate("document.body.textContent"))
        assert len(given_back(page, sample)) > 1_900
        found["the form"] = page.evaluate("window.ran") + trouble
    assert {path: ran[:5] for path, ran in found.items() if ran} == {}
    for path in ("/ideas/1", "/moderation/queue", "/moderation/log"):
        assert [text for text in sample if _letters(text) not in shown[path]] == [], path


def given_back(page, sample):
    """What a form that is refused shows again."""
    page.goto("/ideas/new")
    page.evaluate("document.querySelectorAll('[maxlength]').forEach((e) => e.removeAttribute('maxlength'))")
    page.fill("[name=title]", " ".join(sample)[:2_000])
    page.fill("[name=body]", "\n".join(sample)[:8_000])
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.get_by_role("button", name="Post the idea").click()
    assert answer.value.status == 422
    page.wait_for_load_state()
    return page.input_value("[name=title]")


ALIVE = [
    "<img src=x onerror=alert(1)>", "<script>alert(2)</script>", "<svg onload=alert(3)></svg>",
    "<details open ontoggle=alert(4)>x</details>", "<input autofocus onfocus=alert(5)>",
    '<iframe srcdoc="<script>alert(6)</script>"></iframe>', "<img src=http://evil.invalid/x.png>",
]  # fmt: skip


def test_what_is_alive_would_be_seen(make, cast, watched):
    """The control: HTML that was never cooked is noticed at the place of a text; our policy lets it try in vain."""
    idea = make.idea(author=cast.customer, body_html="\n".join(ALIVE))
    with watched(cast.admin, policy=False) as (page, trouble):
        ran = trouble_on(page, trouble, f"/ideas/{idea.id}")
        assert {each for each in ran if "alert" in each} == {f"alert({n})" for n in range(1, 7)}
        assert "asked http://evil.invalid/x.png" in ran
    with watched(cast.admin, policy=True) as (page, trouble):
        ran = trouble_on(page, trouble, f"/ideas/{idea.id}")
        assert len(ran) >= len(ALIVE)
        assert [each for each in ran if "alert" in each] == []


def _letters(text):
    return "".join(each for each in text if each.isalnum())
