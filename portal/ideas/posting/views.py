"""The form of a new idea. Whoever posts what was said before sees that first; posting anyway is one more press."""

from typing import Any

from flask import Response, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.discussion.drafts import queries as drafts
from portal.discussion.drafts import saving
from portal.discussion.drafts.forms import DraftForm, fields_of
from portal.discussion.drafts.models import Draft
from portal.discussion.drafts.views import filled
from portal.errors import Conflict
from portal.ideas import admitting, finding, queries
from portal.ideas.fields import filling
from portal.ideas.fields.forms import ValuesForm, asked_with_new
from portal.ideas.forms import IdeaForm
from portal.ideas.models import Board
from portal.ideas.submitting import submit
from portal.ideas.views import ideas


@ideas.get("/new")
@login_required
def new() -> Response:
    draft, typed = filled("idea")
    given = {"title": request.args.get("title", "")[:200], "board": request.args.get("board", type=int)}
    form = IdeaForm(formdata=typed) if draft else IdeaForm(formdata=None, **given)
    return _form(form, draft=draft, typed=typed)


@ideas.post("/new")
@login_required
@pages.limiter.limit("60/minute")
def ask() -> Response:
    """The form again with what is typed so far, and with the fields of the board that was chosen."""
    return _form(IdeaForm(), typed=request.form, chosen_anew=True)


@ideas.post("/")
@login_required
@pages.limiter.limit("20/minute")
def create() -> Response:
    boards = {board.id: board for board in queries.open_boards(pages.viewer())}
    form = IdeaForm().offer(boards.values())
    asked = asked_with_new(boards.get(form.board.data), pages.viewer(), request.form)
    if "look" in request.form:
        return _look_first(form) or _form(form, 422, asked=asked)
    good = [form.validate_on_submit(), asked.validate()]
    if not all(good) or not _is_admitted(form, boards[form.board.data]):
        return _form(form, 422, asked=asked)
    look = _look_first(form) if _resembles_unseen(form.title.data or "") else None
    return look or _post(form, asked, boards[form.board.data])


@ideas.get("/similar/<slugged:draft_id>")
@login_required
def similar(draft_id: int) -> Response:
    draft = drafts.find(draft_id, pages.viewer())
    found = finding.suggestions(draft.said("title"))
    return pages.page("ideas/similar.html", draft=draft, similar=found)


def _is_admitted(form: IdeaForm, board: Board) -> bool:
    """Whether the board takes it; if not, the form says why."""
    reason = admitting.why_not(board, pages.viewer())
    form.board.errors = [reason] if reason else []
    return not reason


def _post(form: IdeaForm, asked: ValuesForm, board: Board) -> Response:
    words: dict[str, Any] = {"title": form.title.data or "", "body": form.body.data or ""}
    idea = submit(board=board, by=pages.viewer(), key=form.usable_key, **words)
    if asked.fields:
        filling.fill(idea, by=pages.viewer(), values=asked.values())
    saving.use(form.usable_key, by=pages.viewer())
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))


def _resembles_unseen(title: str) -> bool:
    """Whether something says just that, and was not shown to whoever sends it."""
    if "anyway" in request.form:
        return False
    seen = {key for shown in request.form.getlist("seen") for key in shown.split()}
    found = finding.suggestions(title, sure=True)
    return bool(found) and not seen.issuperset(found.keys.split())


def _look_first(form: IdeaForm) -> Response | None:
    """Keep the text as a draft and show what resembles it; None when there is no text, or no room for a draft."""
    form.give_key()
    words: dict[str, Any] = {"kind": "idea", "key": form.key.data, "version": DraftForm().number}
    try:
        saved = saving.save(**words, fields=fields_of(request.form), by=pages.viewer())
    except Conflict:
        return None
    db.session.commit()
    return pages.go(url_for("ideas.similar", draft_id=saved.draft.id)) if saved else None


def _form(
    form: IdeaForm,
    status: int = 200,
    *,
    draft: Draft | None = None,
    asked: ValuesForm | None = None,
    typed: Any = None,
    chosen_anew: bool = False,
) -> Response:
    boards = queries.open_boards(pages.viewer())
    board = next((each for each in boards if each.id == form.board.data), next(iter(boards), None))
    asked = asked or asked_with_new(board, pages.viewer(), typed)
    names: dict[str, Any] = {"form": form, "board": board, "asked": asked}
    names["others"] = asked.others(typed or request.form)
    if chosen_anew and pages.wants_fragment():
        return pages.page("ideas/fields/_asked.html", **names)
    form.offer(boards).give_key()
    if draft is not None:
        form.key.data = draft.key
    else:
        draft = drafts.by_key(form.key.data or "", pages.viewer()) if typed or status != 200 else None
    state = {"place": "ideas", "key": form.key.data, "draft": draft, "other": None, "changes": []}
    ask_more = any(each.has_fields for each in boards)
    return pages.page("ideas/new.html", status, ask_more=ask_more, **names, **state)
