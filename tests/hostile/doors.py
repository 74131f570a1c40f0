"""Every form that people fill: where it is sent, by whom, how long each text may be, and where its words are read."""

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "three grey herons"
STATUSES = ("planned", "declined")


@dataclass(frozen=True)
class Door:
    """`texts` are the fields with the longest text that they take. `others` fill the rest; a tuple gives one value
    after another. `shown` are pages that show the words to `reader` (or to who sent them); `{here}` is where the
    answer leads. `back` undoes the act. `fine` are words that are taken, where not every word is. `comments` are there beforehand."""

    name: str
    form: str
    by: str
    method: str
    address: str
    texts: dict[str, int]
    others: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ("{here}",)
    reader: str = ""
    back: str = ""
    fine: dict[str, str] = field(default_factory=dict)
    comments: int = 0

    def data(self, words: dict[str, str], turn: int) -> dict[str, str]:
        """What is sent at this turn."""
        others = {k: v[turn % len(v)] if isinstance(v, tuple) else v for k, v in self.others.items()}
        return others | words


def _desk(kind: str, form: str, others: dict[str, Any]) -> Door:
    texts = {"name": 60, "description": 300}
    shown = (f"/admin/{kind}", f"/admin/{kind}/1", "/ideas/new", "/questions/new", "/ideas/1", "/questions/1")
    return Door(kind, form, "admin", "PUT", f"/admin/{kind}/1", texts, {"position": "1"} | others, shown)


DOORS = [
    Door(
        "idea", "IdeaForm", "customer", "POST", "/ideas/",
        {"title": 200, "body": 10_000, "key": 64}, {"board": "1"},
        ("{here}", "{here}/edit", "/ideas/?sort=new", "/people/{customer}", "/"),
    ),
    Door(
        "changed idea", "EditForm", "customer", "PUT", "/ideas/1", {"title": 200, "body": 10_000},
        shown=("/ideas/1", "/ideas/1/history"),
    ),
    Door(
        "row of a record", "RowForm", "product_manager", "POST", "/crm/people/{customer}/retries",
        {"connection": 40, "number": 20}, {"what": "person"}, (), fine={"connection": "embedded", "number": "0"},
    ),
    Door(
        "set aside", "AsideForm", "product_manager", "PUT", "/crm/people/{customer}/aside", {"reason": 500},
        {"connection": "embedded", "what": "person", "number": "0"}, ("/crm/people/{customer}",),
    ),
    Door(
        "handle", "HandleForm", "customer", "POST", "/account/handles", {"address": 200}, {"place": "website"}, (),
        fine={"address": "https://ines.example/me"},
    ),
    Door("comment", "PostForm", "customer", "POST", "/ideas/1/comments", {"body": 20_000}, shown=("/ideas/1",)),
    *(
        Door(
            f"{act} of several", form, "product_manager", "PUT", "/ideas/bulk", {"reason": 500},
            {"act": act, "idea": "1"} | others, shown,
        )
        for act, form, others, shown in (
            ("status", "StatusOfAll", {"status": STATUSES, "ground": "rare"}, ("/ideas/1",)),
            ("label", "LabelOfAll", {"label": "Wanted"}, ()),
            ("board", "BoardOfAll", {"board": "1"}, ()),
            ("owner", "OwnerOfAll", {"owner": ""}, ()),
            ("merge", "BulkForm", {}, ()),
        )
    ),
    Door(
        "status", "StatusForm", "product_manager", "PUT", "/ideas/1/status",
        {"reason": 500, "target": 40}, {"status": STATUSES, "ground": "rare"}, ("/ideas/1",), "stranger",
    ),
    Door(
        "official answer", "AnswerForm", "product_manager", "POST", "/ideas/1/answers", {"body": 10_000},
        {"status": ("", "planned")}, ("/ideas/1",), "stranger",
    ),
    Door("vote", "VoteForm", "customer", "PUT", "/ideas/1/vote", {"value": 100, "weight": 100, "importance": 100}, shown=("/ideas/1",)),
    Door(
        "question", "TopicForm", "customer", "POST", "/questions/", {"title": 200, "body": 20_000},
        {"category": "1", "kind": ("question", "discussion")}, ("{here}", "/questions/", "{here}/edit"),
    ),
    Door(
        "changed question", "TextForm", "customer", "PUT", "/questions/1", {"title": 200, "body": 20_000},
        shown=("/questions/1", "/questions/1/history"),
    ),
    Door("reply", "PostForm", "customer", "POST", "/questions/1/posts", {"body": 20_000}, shown=("/questions/1",)),
    Door(
        "comment on a reply", "PostForm", "customer", "POST", "/posts/{reply}/comments", {"body": 20_000},
        shown=("/posts/{reply}/comments", "/questions/1"),
    ),
    Door(
        "changed reply", "PostForm", "moderator", "PUT", "/posts/{reply}", {"body": 20_000},
        shown=("/posts/{reply}/history", "/posts/{reply}/edit"),
    ),
    Door(
        "flag", "FlagForm", "product_manager", "POST", "/moderation/flags", {"note": 500},
        {"subject": "post", "thing_id": tuple(str(n) for n in range(5, 20)), "reason": "spam"},
        ("/moderation/queue",), "moderator", comments=15,
    ),
    Door(
        "what is flagged", "FlagForm", "product_manager", "POST", "/moderation/flags",
        {"subject": 100, "thing_id": 18}, {"reason": "spam"}, (),
    ),
    Door(
        "hiding", "ReasonForm", "moderator", "PUT", "/moderation/idea/1/hiding", {"reason": 500},
        shown=("/ideas/1", "/moderation/log"), back="/moderation/idea/1/hiding",
    ),
    Door(
        "lock", "ReasonForm", "moderator", "PUT", "/moderation/topic/1/lock", {"reason": 500},
        shown=("/questions/1", "/moderation/log"), back="/moderation/topic/1/lock",
    ),
    Door(
        "profile", "ProfileForm", "customer", "PUT", "/account/", {"name": 80, "about": 500},
        shown=("/people/{customer}", "/ideas/1", "/questions/1", "/admin/people", "/people/{customer}/reputation"),
    ),
    Door(
        "company", "CompanyForm", "admin", "PUT", "/admin/companies/1",
        {"name": 120, "tier": 40, "segment": 80, "owner": 120}, {"currency": "EUR"},
        ("/admin/companies", "/admin/companies/1", "/people/{customer}", "/ideas/1", "/admin/people"),
    ),
    Door(
        "numbers of a company", "CompanyForm", "admin", "POST", "/admin/companies",
        {"domains": 5000, "revenue": 100, "currency": 100, "renews_on": 100}, {"name": "Third"}, ("/admin/companies",),
        fine={"domains": "third.example", "revenue": "1", "currency": "EUR", "renews_on": "2027-01-01"},
    ),
    Door(
        "rate", "RateForm", "admin", "POST", "/admin/rates", {"currency": 100, "rate": 100, "on": 100}, {},
        ("/admin/rates",), fine={"currency": "USD", "rate": "0.92", "on": "2026-01-02"},
    ),
    Door("house currency", "HouseForm", "admin", "PUT", "/admin/rates/house", {"house": 100}, {}, ("/admin/rates",), fine={"house": "USD"}),
    _desk("boards", "BoardForm", {"half_life": "30"}),
    Door(
        "numbers of a board", "BoardForm", "admin", "POST", "/admin/boards", {"position": 100, "half_life": 100},
        {"name": "Third"}, ("/admin/boards",), fine={"position": "1", "half_life": "2"},
    ),
    Door(
        "audience of a board", "AudienceForm", "admin", "PUT", "/admin/boards/1/audience",
        {"companies": 20_000, "agreed": 100},
        {"audience": "public", "who_posts": "everyone", "who_votes": "everyone", "who_comments": "everyone"},
        ("/admin/boards",), fine={"companies": "Harbor Foods", "agreed": ""},
    ),
    Door(
        "vote for a customer", "VouchForm", "product_manager", "POST", "/ideas/1/votes",
        {"customer": 100, "url": 500, "text": 1000}, {"proof": "call"}, (),
        fine={"customer": "person:{other_customer}", "url": "https://tickets.example/7", "text": "They said so."},
    ),
    Door(
        "rules of a board", "RulesForm", "admin", "PUT", "/admin/boards/1/rules",
        {
            "vote_budget": 100, "most_per_idea": 100, "least_votes_to_post": 100, "counts_hidden_days": 100,
            "opens_at": 100, "votes_from": 100, "closes_at": 100, "revive_at": 100, "agreed": 100,
            "quiet_months": 100, "quiet_days": 100, "quiet_status": 100, "forget_months": 100,
        },
        {"counts_hidden": "never"}, ("/ideas/",),
        fine={"vote_budget": "5", "most_per_idea": "1", "least_votes_to_post": "0", "counts_hidden_days": "14",
              "opens_at": "", "votes_from": "", "closes_at": "", "revive_at": "10", "agreed": "", "quiet_months": "0",
              "quiet_days": "30", "quiet_status": "declined", "forget_months": "0"},
    ),
    _desk("categories", "CategoryForm", {}),
    Door(
        "numbers of a category", "CategoryForm", "admin", "POST", "/admin/categories", {"position": 100},
        {"name": "Third"}, ("/admin/categories",), fine={"position": "1"},
    ),
    Door(
        "role", "RoleForm", "admin", "PUT", "/admin/people/{other_customer}/role", {"reason": 500},
        {"role": ("moderator", "customer")}, (),
    ),
    Door(
        "company of a person", "PlaceForm", "admin", "PUT", "/admin/people/{other_customer}/company",
        {"company": 120}, shown=("/admin/people/{other_customer}",), fine={"company": "Harbor Foods"},
    ),
    Door(
        "erasure", "ErasureForm", "admin", "PUT", "/admin/people/{imported_person}/erasure", {"reason": 500},
        {"texts": ("leave", "remove")}, (),
    ),
    Door(
        "export", "ExportForm", "product_manager", "POST", "/exports/",
        {"top": 100, "since": 100, "until": 100, "voted_since": 100, "voted_until": 100}, {"format": "csv"}, (),
    ),
    Door(
        "look at an export", "ExportForm", "product_manager", "POST", "/exports/preview", {"text": 100, "company": 120},
        {"format": "csv", "rows": "votes"}, (),
    ),
    Door(
        "saved export", "ExportForm", "product_manager", "POST", "/exports/saved", {"name": 80, "text": 100},
        {"format": "csv", "rows": "ideas"}, ("{here}", "{here}/edit", "/exports/"),
    ),
    Door(
        "schedule of an export", "ScheduleForm", "product_manager", "PUT", "/exports/saved/1/schedule",
        {"days_kept": 100}, {"every": "day", "weekday": "0", "monthday": "1", "hour": "6"}, (),
    ),
    Door(
        "wishes of an import", "WishesForm", "admin", "PUT", "/admin/imports/{upload}",
        {"source": 100, "board": 60, "currency": 3}, {"preset": "table", "dates": ""}, (),
        fine={"source": "shop", "board": "Wishes", "currency": "EUR"},
    ),
    Door(
        "registering", "RegisterForm", "stranger", "POST", "/register", {"name": 80, "email": 200, "next": 200},
        {"password": PASSWORD}, (),
    ),
    Door(
        "signing in", "SignInForm", "stranger", "POST", "/login", {"email": 200, "next": 200}, {"password": PASSWORD}, ()
    ),
    Door("another mail address", "AddressForm", "customer", "POST", "/account/mail", {"email": 200}, shown=()),
    Door("signing in again", "AgainForm", "customer", "POST", "/login/again", {"next": 200}, {"password": "x"}, ()),
    Door(
        "first admin", "FirstAdminForm", "stranger", "POST", "/first-admin/{token}", {"name": 80, "email": 200},
        {"password": PASSWORD}, (),
    ),
    Door(
        "merge", "MergeForm", "product_manager", "PUT", "/ideas/{twin_idea}/merging", {"reason": 500}, {"into": "1"},
        ("{here}", "/ideas/{twin_idea}?original=1"), back="/ideas/{twin_idea}/merging",
    ),
    Door(
        "idea of a question", "IdeaOfQuestionForm", "moderator", "PUT", "/questions/1/idea", {"title": 200, "body": 10_000},
        {"board": "1", "lock": ""}, ("{here}", "/questions/1", "/questions/1/idea"), back="/questions/1/idea",
    ),
    Door(
        "question of an idea", "QuestionOfIdeaForm", "moderator", "PUT", "/ideas/{twin_idea}/question",
        {"title": 200, "body": 20_000}, {"category": "1", "status": "declined"}, ("{here}", "/ideas/{twin_idea}"),
        back="/ideas/{twin_idea}/question",
    ),
    Door(
        "end of a conversion", "ApartForm", "moderator", "DELETE", "/questions/{asked_topic}/idea", {"reason": 500}, shown=(),
    ),
    Door("label for several ideas", "LabelOfAll", "product_manager", "PUT", "/ideas/bulk", {"label": 60}, {"act": "label", "idea": "1"}, ("/ideas/1",)),
    Door("end of a merge", "PartForm", "product_manager", "DELETE", "/ideas/{merged_idea}/merging", {"reason": 500}, shown=()),
    Door(
        "plan", "PlanForm", "product_manager", "PUT", "/ideas/1/plan", {"cost": 1_000, "impact": 1_000},
        {"owner": "", "target": "Q1 2027", "review_on": "2027-03-01"}, ("/ideas/1/plan",),
    ),
    Door("note of staff", "NoteForm", "product_manager", "POST", "/ideas/1/notes", {"body": 10_000}, shown=("/ideas/1/plan",)),
    Door(
        "status of the house", "StatusForm", "admin", "POST", "/admin/boards/0/statuses", {"name": 40},
        {"colour": "plain", "position": "9", "meaning": "active", "votes": "takes"}, ("/admin/boards/0/statuses",),
    ),
    Door(
        "ground of declining", "GroundForm", "admin", "POST", "/admin/reasons", {"name": 60}, {"position": "9"},
        ("/admin/reasons",),
    ),
    Door(
        "place of a ground", "GroundForm", "admin", "PUT", "/admin/reasons/rare", {"position": 100},
        {"name": "Too rare"}, ("/admin/reasons",), fine={"position": "1"},
    ),
    Door(
        "field of a board", "FieldForm", "admin", "PUT", "/admin/boards/1/fields/1", {"name": 60, "help": 200},
        {"circle": "everybody", "position": "1"},
        ("/admin/boards/1/fields/1", "/admin/boards/1/fields", "/ideas/1", "/ideas/new", "/ideas/?board=1"),
    ),
    Door(
        "more of a field", "FieldForm", "admin", "POST", "/admin/boards/1/fields",
        {"position": 100, "agreed": 100, "choices": 1_000}, {"name": "Third", "type": "choice", "circle": "everybody"},
        ("/admin/boards/1/fields", "/ideas/new"), fine={"position": "1", "agreed": "", "choices": "One\nTwo"},
    ),
    Door(
        "choice of a field", "ChoiceForm", "admin", "PUT", "/admin/boards/1/fields/1/choices/1", {"name": 80},
        shown=("/admin/boards/1/fields/1", "/ideas/1", "/ideas/new", "/ideas/?board=1"),
    ),
    Door(
        "verdict", "VerdictForm", "customer", "PUT", "/ideas/1/verdict", {"words": 500}, {"answer": ("yes", "no")}, (),
    ),
    Door(
        "still wanted", "StillWantedForm", "customer", "PUT", "/ideas/{twin_idea}/still-wanted", {"says": 100}, {}, (),
        fine={"says": "no"},
    ),
    Door(
        "score", "ScoreForm", "product_manager", "PUT", "/ideas/1/score",
        {"why": 500, "reach": 100, "confidence": 100, "effort": 100} | {f"factor_{n}": 100 for n in range(1, 7)}, {"impact": "1"}, (),
        fine={"reach": "0", "confidence": "80", "effort": "2", "why": "So it is."},
    ),
    Door(
        "formula", "FormulaForm", "product_manager", "PUT", "/ideas/formulas/1",
        {"why": 500, "factors": 600, "agreed": 100},
        {"kind": "weights"}, (), fine={"factors": "Value: 3", "why": "So it is.", "agreed": ""},
    ),
    Door(
        "a draft", "DraftForm", "customer", "PUT", "/drafts/ideas", {"key": 60, "version": 9},
        {"title": "A title", "body": "A text"}, (),
    ),
    Door(
        "roadmap", "RoadmapForm", "product_manager", "PUT", "/roadmap/1",
        {"name": 60, "description": 300},
        {"position": "1", "arrangement": "status", "column_1": "open", "automatic": "y", "audience": "public"},
        ("/roadmap/1", "/roadmap/1/edit"),
    ),
    Door(
        "numbers of a roadmap", "RoadmapForm", "product_manager", "PUT", "/roadmap/1",
        {"position": 100, "companies": 20_000},
        {"name": "Next", "arrangement": "status", "column_1": "open", "automatic": "y", "audience": "public"},
        ("/roadmap/1",), fine={"position": "1", "companies": "Harbor Foods"},
    ),
    Door(
        "move on a roadmap", "MoveForm", "product_manager", "PUT", "/roadmap/1/ideas/1/place", {"reason": 500},
        {"column": ("open", "planned")}, ("/ideas/1",),
    ),
    Door(
        "place on a roadmap", "MoveForm", "product_manager", "PUT", "/roadmap/1/ideas/1/place",
        {"place": 100, "after": 100}, {"column": "open"}, ("/roadmap/1",), fine={"place": "1", "after": ""},
    ),
    Door(
        "left out of a roadmap", "ChoiceForm", "product_manager", "PUT", "/roadmap/1/ideas/1/choice", {"reason": 300},
        {"choice": ("left_out", "pinned")}, ("/roadmap/1/ideas/1/edit",),
    ),
    Door(
        "entry of the changelog", "EntryForm", "product_manager", "PUT", "/changelog/1",
        {"title": 200, "body": 20_000, "key": 64}, {"audience": "public"}, ("/changelog/1", "/changelog/"),
    ),
    Door(
        "companies of an entry", "EntryForm", "product_manager", "PUT", "/changelog/1", {"companies": 20_000},
        {"title": "Offline mode", "body": "There.", "audience": "public"}, ("/changelog/1",),
        fine={"companies": "Harbor Foods"},
    ),
    Door(
        "schedule of an entry", "ScheduleForm", "product_manager", "PUT", "/changelog/{draft_entry}/schedule",
        {"publish_at": 100}, {}, ("/changelog/{draft_entry}",), fine={"publish_at": "2099-01-01T09:00"},
    ),
    Door(
        "withdrawal", "WithdrawForm", "product_manager", "PUT", "/changelog/1/withdrawal", {"reason": 500}, {},
        (),
    ),
    Door(
        "rule", "RuleForm", "product_manager", "POST", "/crm/rules/",
        {"name": 80, "note": 300, "tiers": 300, "segment": 80, "owner": 120},
        {"when": "text_written", "then": "task", "connection": "embedded", "days": "30"}, ("{here}", "{here}/edit", "/crm/rules/"),
    ),
    Door(
        "label of a rule", "RuleForm", "product_manager", "POST", "/crm/rules/", {"tag": 60},
        {"name": "Labels", "when": "text_written", "then": "tag", "days": "30"}, ("{here}/edit",),
    ),
    Door(
        "words of a rule", "RuleForm", "product_manager", "POST", "/crm/rules/", {"words": 2_000},
        {"name": "Words", "when": "text_written", "then": "task", "connection": "embedded", "days": "30"}, (),
        fine={"words": "cancel, refund"},
    ),
    Door(
        "numbers of a rule", "RuleForm", "product_manager", "POST", "/crm/rules/",
        dict.fromkeys(("points", "times", "days", "revenue", "renews_within"), 100),
        {"name": "Numbers", "when": "text_written", "then": "task", "connection": "embedded"}, (),
        fine={"points": "1", "times": "2", "days": "30", "revenue": "0", "renews_within": "9"},
    ),
    Door(
        "hours of a rule", "RuleForm", "product_manager", "POST", "/crm/rules/", {"hours": 100},
        {"name": "Hours", "when": "question_unanswered", "then": "task", "connection": "embedded"}, (), fine={"hours": "1"},
    ),
    Door(
        "kind of entries", "KindForm", "admin", "POST", "/changelog/kinds/", {"name": 40},
        {"colour": "plain", "position": "9"}, ("/changelog/kinds/",),
    ),
    Door(
        "numbers of a kind", "KindForm", "admin", "POST", "/changelog/kinds/", {"position": 100},
        {"name": "Removed", "colour": "plain"}, ("/changelog/kinds/",), fine={"position": "1"},
    ),
    Door(
        "new connection", "NameForm", "admin", "POST", "/crm/connections", {"name": 40},
        {"vendor": "drop", "set-folder": "drop", "act": "save"}, (), fine={"name": "third"},
    ),
    Door(
        "pause of a connection", "PauseForm", "admin", "PUT", "/crm/connections/embedded/pause", {"why": 500},
        shown=("/crm/connections/embedded",),
    ),
    Door(
        "field of a connection", "FieldForm", "admin", "PUT", "/crm/connections/embedded/fields/contact.points",
        {"remote_name": 120}, {"owner": "portal"}, (), fine={"remote_name": "points"},
    ),
]  # fmt: skip

ASKING = {
    "/ideas/": ("text", "tier", "segment"),
    "/desk/": ("text", "tier", "segment"),
    "/desk/votes": ("tier", "segment"),
    "/ideas/new": ("title",),
    "/ideas/1/merging": ("q", "into"),
    "/questions/new": ("title", "body"),
    "/share": ("title",),
    "/search": ("q",),
    "/search/similar": ("title",),
    "/login": ("next",),
    "/register": ("next",),
    "/admin/people": ("q",),
    "/admin/companies": ("q",),
    "/moderation/flags/new": ("note",),
    "/roadmap/": ("segment", "tier"),
    "/roadmap/1/ideas/new": ("q",),
    "/changelog/1/edit": ("q",),
    "/nowhere": ("x",),
}
"""Pages that repeat what stands in their address."""
