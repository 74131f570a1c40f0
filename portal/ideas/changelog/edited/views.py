"""Writing entries of the changelog."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.discussion.drafts import queries as drafts_queries
from portal.discussion.drafts import saving
from portal.discussion.drafts.models import Draft
from portal.discussion.drafts.views import Home, filled, give_home
from portal.ideas import queries as ideas_queries
from portal.ideas.changelog import linking, publishing, queries, withdrawing, writing
from portal.ideas.changelog.forms import EntryForm, ScheduleForm, WithdrawForm
from portal.ideas.changelog.models import ChangelogEntry, Stage
from portal.ideas.changelog.views import changelog
from portal.ideas.deciding import must_decide
from portal.ideas.filtering import IdeaFilter
from portal.ideas.forms import number
from portal.ideas.merging import queries as merging
from portal.ideas.models import Idea

FOUND = 10


@changelog.get("/drafts")
@login_required
def drafts() -> Response:
    must_decide(pages.viewer())
    return pages.page("changelog/drafts.html", entries=queries.unfinished())


@changelog.get("/new")
@login_required
def new() -> Response:
    must_decide(pages.viewer())
    draft, typed = filled("entry")
    return _form(EntryForm(formdata=typed), draft=draft)


@changelog.post("/")
@login_required
@pages.limiter.limit("30/minute")
def create() -> Response:
    must_decide(pages.viewer())
    form = EntryForm().offer(queries.kinds())
    if not form.validate_on_submit():
        return _form(form, 422)
    entry = writing.write(by=pages.viewer(), key=form.key.data, **form.fields())
    saving.use(form.key.data, by=pages.viewer())
    return _done(entry, "The draft is saved. Now choose the ideas that it tells of.")


@changelog.get("/<slugged:entry_id>/edit")
@login_required
def edit(entry_id: int) -> Response:
    entry = _find(entry_id)
    draft, typed = filled("entry")
    kinds = sorted(queries.labels_of([entry])[entry.id])
    return _form(EntryForm(formdata=typed, place=entry, kinds=kinds), entry=entry, draft=draft)


@changelog.put("/<slugged:entry_id>")
@login_required
@pages.limiter.limit("60/minute")
def put(entry_id: int) -> Response:
    entry = _find(entry_id)
    form = EntryForm(place=entry).offer(queries.kinds(archived=True))
    if not form.validate_on_submit():
        return _form(form, 422, entry)
    writing.change(entry, by=pages.viewer(), **form.fields())
    saving.use(form.key.data, by=pages.viewer())
    return _done(entry, "It is saved.", "changelog.show" if "preview" in request.form else "changelog.edit")


@changelog.put("/<slugged:entry_id>/ideas/<slugged:idea_id>")
@login_required
def put_idea(entry_id: int, idea_id: int) -> Response:
    entry, viewer = _find(entry_id), pages.viewer()
    idea = merging.standing_for(ideas_queries.find(idea_id, viewer), viewer)
    linking.link(entry, idea, by=pages.viewer())
    return _done(entry, f"It tells of “{idea.title}” now.")


@changelog.delete("/<slugged:entry_id>/ideas/<slugged:idea_id>")
@login_required
def delete_idea(entry_id: int, idea_id: int) -> Response:
    entry = _find(entry_id)
    linking.unlink(entry, idea_id, by=pages.viewer())
    return _done(entry, "It does not tell of this idea any more.")


@changelog.put("/<slugged:entry_id>/schedule")
@login_required
def put_schedule(entry_id: int) -> Response:
    entry, form = _find(entry_id), ScheduleForm()
    if not form.validate_on_submit():
        return _form(EntryForm(formdata=None, place=entry), 422, entry, schedule_form=form)
    publishing.schedule(entry, form.moment, by=pages.viewer())
    return _done(entry, "It will be published then.", "changelog.show")


@changelog.delete("/<slugged:entry_id>/schedule")
@login_required
def delete_schedule(entry_id: int) -> Response:
    entry = _find(entry_id)
    publishing.schedule(entry, None, by=pages.viewer())
    return _done(entry, "It is a draft again.", "changelog.show")


@changelog.put("/<slugged:entry_id>/publication")
@login_required
def put_publication(entry_id: int) -> Response:
    entry = _find(entry_id)
    publishing.publish(entry, by=pages.viewer())
    return _done(entry, "It is published.", "changelog.show")


@changelog.put("/<slugged:entry_id>/withdrawal")
@login_required
def put_withdrawal(entry_id: int) -> Response:
    entry, form = _find(entry_id), WithdrawForm()
    if not form.validate_on_submit():
        return _form(EntryForm(formdata=None, place=entry), 422, entry, withdraw_form=form)
    withdrawing.withdraw(entry, by=pages.viewer(), reason=form.reason.data or "")
    return _done(entry, "It is withdrawn.", "changelog.show")


@changelog.delete("/<slugged:entry_id>/withdrawal")
@login_required
def delete_withdrawal(entry_id: int) -> Response:
    entry = _find(entry_id)
    withdrawing.restore(entry, by=pages.viewer())
    return _done(entry, "It is shown again.", "changelog.show")


def _find(entry_id: int) -> ChangelogEntry:
    """The entry, for who decides. Raises NotFound and NotAllowed."""
    entry = queries.find(entry_id, pages.viewer())
    must_decide(pages.viewer())
    return entry


def _done(entry: ChangelogEntry, says: str, endpoint: str = "changelog.edit") -> Response:
    db.session.commit()
    flash(says, "good")
    return pages.go(url_for(endpoint, entry_id=entry))


def _form(
    form: EntryForm,
    status: int = 200,
    entry: ChangelogEntry | None = None,
    draft: Draft | None = None,
    **forms: Any,
) -> Response:
    form.offer(queries.kinds(archived=entry is not None))
    kept = _kept(form, status, draft)
    if entry is None:
        return pages.page("changelog/new.html", status, form=form, **kept)
    shown = {"schedule_form": ScheduleForm(formdata=None, publish_at=entry.publish_at), "withdraw_form": None}
    if entry.stage == Stage.PUBLISHED:
        shown["withdraw_form"] = WithdrawForm(formdata=None)
    begun = None if kept["draft"] else _begun(entry)
    return pages.page(
        "changelog/edit.html",
        status,
        form=form,
        entry=entry,
        begun=begun,
        **shown | forms | kept,
        **_to_link(entry),
    )


def _kept(form: EntryForm, status: int, draft: Draft | None) -> dict[str, Any]:
    """What the form knows of its draft. One that is shown again goes on with the draft that it had."""
    if draft is None and status != 200:
        draft = drafts_queries.by_key(form.key.data or "", pages.viewer())
    key = draft.key if draft else form.key.data
    return {"place": "changelog", "key": key, "draft": draft, "other": None, "changes": []}


def _begun(entry: ChangelogEntry) -> Draft | None:
    """What the viewer began to change in an entry last, and did not save."""
    mine = drafts_queries.latest(pages.viewer())
    return next((each for each in mine if each.kind == "entry" and each.said("entry") == str(entry.id)), None)


def _address(draft: Draft | None) -> str:
    """The form of a draft, filled in: of the entry that it changes, or of a new one."""
    entry_id = number(draft.said("entry")[:18]) if draft else 0
    asked: dict[str, Any] = {"draft": draft.id} if draft else {}
    if entry_id:
        return url_for("changelog.edit", entry_id=entry_id, **asked)
    return url_for("changelog.new", **asked)


give_home("entry", Home(_address, ("changelog.create", "changelog.put"), must_decide))


def _to_link(entry: ChangelogEntry) -> dict[str, Any]:
    """The ideas that an entry tells of, and those that it could."""
    viewer = pages.viewer()
    wanted = IdeaFilter.read({"text": request.args.get("q", ""), "sort": "top"})
    linked = queries.ideas_of([entry], viewer)[entry.id]
    found: Any = ()
    if wanted.text:
        ideas = wanted.narrow(ideas_queries.listed_to(viewer), viewer).where(Idea.hidden_at.is_(None))
        found = ideas_queries.cards(ideas.order_by(Idea.score.desc(), Idea.id.desc()).limit(FOUND))
    suggested = queries.suggested(viewer, entry)
    return {"text": wanted.text, "linked": linked, "found": found, "suggested": suggested}
