"""Every fact that the portal records, as one typed event each. Names are past tense; fields are ids and plain values."""

from dataclasses import dataclass
from typing import Any, ClassVar

KINDS: dict[str, type["Event"]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened. `actor_id` is the person who did it, None for the system."""

    kind: ClassVar[str]
    actor_id: int | None

    def __init_subclass__(cls) -> None:
        cls.kind = "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("_")
        KINDS[cls.kind] = cls

    def data(self) -> dict[str, Any]:
        """The fields beside the actor, as they are stored."""
        return {name: value for name, value in vars(self).items() if name != "actor_id"}


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event):
    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonConfirmed(Event):
    """The person proved to own the mail address; `company_id` is the company of its domain, if any."""

    person_id: int
    company_id: int | None


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """Name, mail address, company, state or other fields of a person changed."""

    person_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """Nothing here says any more who the person was; `texts`: what they wrote went too."""

    person_id: int
    texts: bool


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    person_id: int
    old: str
    new: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Event):
    """The person gave or withdrew consent to be written into the CRM."""

    person_id: int
    granted: bool


@dataclass(frozen=True, kw_only=True)
class CompanyChanged(Event):
    company_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class RateEntered(Event):
    """What one unit of a currency is worth in the house currency; the house itself where both are the same."""

    currency: str
    house: str
    rate: str


@dataclass(frozen=True, kw_only=True)
class BoardChanged(Event):
    board_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class StatusesChanged(Event):
    """The statuses of a board (None: of the house): which one, and what of it."""

    board_id: int | None
    key: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class GroundsChanged(Event):
    """The list of grounds for declining changed: which one, and what of it."""

    key: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class FieldsChanged(Event):
    """A field of a board was added or changed: what of it."""

    board_id: int
    field_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Event):
    category_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class IdeaSubmitted(Event):
    idea_id: int


@dataclass(frozen=True, kw_only=True)
class IdeaEdited(Event):
    idea_id: int


@dataclass(frozen=True, kw_only=True)
class ValuesChanged(Event):
    """What an idea has in the fields of its board changed: in which, by name."""

    idea_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class VoteCast(Event):
    """A vote on an idea; `value` 1 or -1; `author_id` wrote the idea (None for a ghost)."""

    idea_id: int
    author_id: int | None
    value: int
    weight: int = 1
    importance: int | None = None


@dataclass(frozen=True, kw_only=True)
class VoteChanged(Event):
    """The actor's vote on an idea has another weight or importance now, and says the same otherwise."""

    idea_id: int
    author_id: int | None
    weight: int
    importance: int | None


@dataclass(frozen=True, kw_only=True)
class VoteAddedFor(Event):
    """The actor added a vote on an idea for a person or a company, with proof; `told` says whether by mail."""

    idea_id: int
    person_id: int | None
    company_id: int | None
    proof: str
    told: bool


@dataclass(frozen=True, kw_only=True)
class AddedVoteRemoved(Event):
    """The actor, of the staff, took away a vote that was added for a customer."""

    idea_id: int
    person_id: int | None
    company_id: int | None


@dataclass(frozen=True, kw_only=True)
class VoteTakenOver(Event):
    """The actor made a vote the own one that staff had added; `author_id` wrote the idea (None for a ghost)."""

    idea_id: int
    author_id: int | None


@dataclass(frozen=True, kw_only=True)
class VoteWithdrawn(Event):
    idea_id: int
    author_id: int | None
    value: int


@dataclass(frozen=True, kw_only=True)
class VotersForgotten(Event):
    """It is no longer known who cast so many votes on a closed idea, or on those that count for it."""

    idea_id: int
    votes: int


@dataclass(frozen=True, kw_only=True)
class VoteConfirmed(Event):
    """The text changed after the vote, and the voter still wants it."""

    idea_id: int


@dataclass(frozen=True, kw_only=True)
class StatusChanged(Event):
    idea_id: int
    author_id: int | None
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class IdeaFollowed(Event):
    """The actor asked to hear what becomes of an idea."""

    idea_id: int


@dataclass(frozen=True, kw_only=True)
class FollowingStopped(Event):
    """The actor wants to hear no more of an idea."""

    idea_id: int


@dataclass(frozen=True, kw_only=True)
class IdeaJudged(Event):
    """The actor, who wanted it, said whether a shipped idea solves it: "yes", "partly" or "no"."""

    idea_id: int
    answer: str


@dataclass(frozen=True, kw_only=True)
class AppealMade(Event):
    """The actor still wants an idea that was decided upon."""

    idea_id: int


@dataclass(frozen=True, kw_only=True)
class AppealWithdrawn(Event):
    idea_id: int


@dataclass(frozen=True, kw_only=True)
class AskedForAgain(Event):
    """Enough customers still want an idea that was decided upon: how many."""

    idea_id: int
    appeals: int


@dataclass(frozen=True, kw_only=True)
class InquiryOpened(Event):
    """Who wanted a quiet idea is asked whether they still do, until a day (ISO)."""

    idea_id: int
    inquiry_id: int
    until: str


@dataclass(frozen=True, kw_only=True)
class InquiryAnswered(Event):
    """The actor still wants the idea ("yes"), or not ("no")."""

    idea_id: int
    inquiry_id: int
    says: str


@dataclass(frozen=True, kw_only=True)
class InquiryEnded(Event):
    """Nobody is asked about the idea any more: how that came."""

    idea_id: int
    inquiry_id: int
    how: str


@dataclass(frozen=True, kw_only=True)
class IdeaScored(Event):
    """An idea was scored, in thousandths, by a version of its formula (0: the RICE that is built in)."""

    idea_id: int
    version: int
    points: int


@dataclass(frozen=True, kw_only=True)
class FormulaSet(Event):
    """The formula of a board (None: of the house) has another version."""

    board_id: int | None
    version: int


@dataclass(frozen=True, kw_only=True)
class IdeaMerged(Event):
    """The idea counts for `into_id` from now on; `author_id` wrote it (None for a ghost)."""

    idea_id: int
    into_id: int
    author_id: int | None


@dataclass(frozen=True, kw_only=True)
class IdeaParted(Event):
    """The idea, which was merged, stands for itself again; until now `from_id` counted for it."""

    idea_id: int
    from_id: int
    author_id: int | None


@dataclass(frozen=True, kw_only=True)
class QuestionBecameIdea(Event):
    """Staff made an idea of a question, in the name of its author (None for a ghost). `followers`: who took part in the
    question follows the idea."""

    topic_id: int
    idea_id: int
    author_id: int | None
    followers: bool


@dataclass(frozen=True, kw_only=True)
class IdeaBecameQuestion(Event):
    """Staff made a question of an idea, in the name of its author (None for a ghost). `followers`: who follows the
    idea follows the question."""

    idea_id: int
    topic_id: int
    author_id: int | None
    followers: bool


@dataclass(frozen=True, kw_only=True)
class ConversionEnded(Event):
    """A question and the idea that was `made` of it ("idea"), or the other way round ("topic"), were parted again."""

    idea_id: int
    topic_id: int | None
    made: str


@dataclass(frozen=True, kw_only=True)
class ConversionRenewed(Event):
    """What was parted is one conversion again."""

    idea_id: int
    topic_id: int | None
    made: str


@dataclass(frozen=True, kw_only=True)
class WorkaroundMarked(Event):
    """A post was said to work around an idea, for the first time; `author_id` wrote the post (None for a ghost)."""

    idea_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, kw_only=True)
class WorkaroundMarkedAgain(Event):
    """The same of a post that was marked for the idea before."""

    idea_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, kw_only=True)
class WorkaroundEnded(Event):
    """The post works around the idea no more, or is hidden."""

    idea_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class HelpedByWorkaround(Event):
    """The actor, who voted for it, says that the workaround helps for now."""

    idea_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class HelpedNoMore(Event):
    idea_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class IdeaMoved(Event):
    """The idea stands on another board."""

    idea_id: int
    old_id: int
    new_id: int


@dataclass(frozen=True, kw_only=True)
class IdeaLabelled(Event):
    idea_id: int
    label_id: int


@dataclass(frozen=True, kw_only=True)
class PairDismissed(Event):
    """Staff said that two ideas do not ask for the same."""

    one_id: int
    other_id: int


@dataclass(frozen=True, kw_only=True)
class PairSuggestedAgain(Event):
    """Staff took back that two ideas do not ask for the same."""

    one_id: int
    other_id: int


@dataclass(frozen=True, kw_only=True)
class IdeaPlanned(Event):
    """What staff plan for an idea changed: what of it."""

    idea_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class RoadmapChanged(Event):
    roadmap_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class RoadmapItemMoved(Event):
    """An idea was put into a column of a roadmap, or to its place there."""

    roadmap_id: int
    idea_id: int
    column: str


@dataclass(frozen=True, kw_only=True)
class RoadmapItemChosen(Event):
    """Whether an idea stands on a roadmap was said by hand; `choice` is "automatic", "pinned" or "left_out"."""

    roadmap_id: int
    idea_id: int
    choice: str


@dataclass(frozen=True, kw_only=True)
class ChangelogChanged(Event):
    """An entry of the changelog was begun or changed: what of it."""

    entry_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ChangelogScheduled(Event):
    """When an entry is to be published (UTC, ISO); None when it is a draft again."""

    entry_id: int
    publish_at: str | None


@dataclass(frozen=True, kw_only=True)
class ChangelogPublished(Event):
    """An entry was published, once. `idea_ids` are the ideas that it tells of; each of them has an event of its own
    just before: `StatusChanged` where that shipped it, else `IdeaAnnounced`."""

    entry_id: int
    idea_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class IdeaAnnounced(Event):
    """An entry of the changelog tells of an idea that was shipped before."""

    idea_id: int
    author_id: int | None
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class ChangelogWithdrawn(Event):
    entry_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChangelogRestored(Event):
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class ChangelogFollowed(Event):
    """The actor follows the changelog from now on, or not any more."""

    following: bool


@dataclass(frozen=True, kw_only=True)
class ChangelogKindsChanged(Event):
    key: str
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class InternallyNoted(Event):
    idea_id: int
    note_id: int


@dataclass(frozen=True, kw_only=True)
class OfficialAnswerGiven(Event):
    idea_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class TopicStarted(Event):
    topic_id: int


@dataclass(frozen=True, kw_only=True)
class TopicEdited(Event):
    topic_id: int


@dataclass(frozen=True, kw_only=True)
class PostWritten(Event):
    """A comment on an idea or a reply in a topic; exactly one of the two ids is set."""

    post_id: int
    idea_id: int | None
    topic_id: int | None


@dataclass(frozen=True, kw_only=True)
class PostEdited(Event):
    post_id: int
    idea_id: int | None
    topic_id: int | None


@dataclass(frozen=True, kw_only=True)
class ImageUploaded(Event):
    image_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerVoted(Event):
    """A vote on an answer; `author_id` wrote the answer (None for a ghost)."""

    post_id: int
    topic_id: int
    author_id: int | None
    value: int


@dataclass(frozen=True, kw_only=True)
class AnswerVoteWithdrawn(Event):
    post_id: int
    topic_id: int
    author_id: int | None
    value: int


@dataclass(frozen=True, kw_only=True)
class AnswerAccepted(Event):
    """`author_id` wrote the answer, `asker_id` the question; the actor is the asker or staff."""

    topic_id: int
    post_id: int
    author_id: int | None
    asker_id: int | None


@dataclass(frozen=True, kw_only=True)
class AcceptanceWithdrawn(Event):
    topic_id: int
    post_id: int
    author_id: int | None
    asker_id: int | None


@dataclass(frozen=True, kw_only=True)
class Flagged(Event):
    """`subject` is "idea", "topic" or "post"."""

    flag_id: int
    subject: str
    subject_id: int


@dataclass(frozen=True, kw_only=True)
class FlagsJudged(Event):
    """A moderator judged all open flags of one thing; `outcome` is "upheld" or "rejected"."""

    subject: str
    subject_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ContentHidden(Event):
    subject: str
    subject_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContentRestored(Event):
    subject: str
    subject_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContentLocked(Event):
    subject: str
    subject_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContentUnlocked(Event):
    subject: str
    subject_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReputationChanged(Event):
    """A line was added to the ledger of a person."""

    person_id: int
    points: int


@dataclass(frozen=True, kw_only=True)
class ContentImported(Event):
    """An import wrote or changed rows; readers that index content start over for `source`, or for all when it is ""."""

    source: str
    ideas: int
    topics: int
    posts: int


@dataclass(frozen=True, kw_only=True)
class IdeasExported(Event):
    """Who took which list out; `people` is how many customers' personal data it held.

    `rows` is one for each of what, `columns` the names that stood above them, `personal` those that say who somebody
    is; without them it is the usual two tables. `file_id` is the kept file of a scheduled export, `saved_id` the
    saved export that it was made by.
    """

    format: str
    filters: dict[str, Any]
    ideas: int
    people: int
    rows: str = ""
    columns: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    saved_id: int | None = None
    file_id: int | None = None

    def data(self) -> dict[str, Any]:
        """What was not said is not stored."""
        more = ("rows", "columns", "personal", "saved_id", "file_id")
        return {name: each for name, each in super().data().items() if name not in more or each}


@dataclass(frozen=True, kw_only=True)
class ExportSaved(Event):
    """A saved export was made or changed; `fields` names what changed."""

    saved_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ExportDeleted(Event):
    saved_id: int


@dataclass(frozen=True, kw_only=True)
class ExportScheduled(Event):
    """When a saved export is made and who gets the link; `every` is empty when that was ended."""

    saved_id: int
    every: str
    people: list[int]


@dataclass(frozen=True, kw_only=True)
class ExportFetched(Event):
    """Somebody took the kept file of a scheduled export."""

    saved_id: int
    file_id: int
    people: int


@dataclass(frozen=True, kw_only=True)
class CustomerRecordsExported(Event):
    """Who took the customer records of a CRM connection out, and of how many people."""

    connection: str
    people: int


@dataclass(frozen=True, kw_only=True)
class OwnDataTaken(Event):
    """The person took along all that is kept of them, so many rows."""

    rows: int


@dataclass(frozen=True, kw_only=True)
class CrmPushAsked(Event):
    """A member of staff wants everything compared with the CRM now."""

    connection: str


@dataclass(frozen=True, kw_only=True)
class CrmConnected(Event):
    """A connection to a CRM was set up or changed; `settings` are the names of what was given."""

    connection: str
    vendor: str
    settings: list[str]


@dataclass(frozen=True, kw_only=True)
class CrmDisconnected(Event):
    """A connection to a CRM was taken away."""

    connection: str
    vendor: str


@dataclass(frozen=True, kw_only=True)
class CrmConnectionStopped(Event):
    """A CRM failed so often, or no longer knows us, that it is left alone for a while. What it said stands in the alarm:
    it may name somebody who is erased later."""

    connection: str


@dataclass(frozen=True, kw_only=True)
class CrmConnectionBehind(Event):
    """What changes here does not reach a CRM in time."""

    connection: str


@dataclass(frozen=True, kw_only=True)
class CrmSecretEnding(Event):
    """The secret of a connection to a CRM ends soon, or did, by the day that was entered."""

    connection: str


@dataclass(frozen=True, kw_only=True)
class CrmConnectionRecovered(Event):
    """A connection to a CRM that stopped or was behind is all right again."""

    connection: str


@dataclass(frozen=True, kw_only=True)
class CrmSecretsResealed(Event):
    """The secrets of connections were encrypted anew, after the secret key of the portal changed."""

    connections: list[str]


@dataclass(frozen=True, kw_only=True)
class CrmJobAsked(Event):
    """A member of staff has something done with a connection to a CRM; `act` is what."""

    connection: str
    act: str


@dataclass(frozen=True, kw_only=True)
class CrmRowHandled(Event):
    """Staff dealt with something of a person or company that a CRM did not take, or had the record read again; `act` is
    retry, ignore, take_back or read."""

    connection: str
    entity: str
    entity_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class CrmPaused(Event):
    """Nothing is sent over a connection to a CRM any more, until it is resumed."""

    connection: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CrmResumed(Event):
    """A connection to a CRM sends again."""

    connection: str


@dataclass(frozen=True, kw_only=True)
class CrmFieldMapped(Event):
    """Who owns a field in a CRM, and how it is called there, was said anew."""

    connection: str
    field: str
    owner: str
    remote_name: str


@dataclass(frozen=True, kw_only=True)
class RuleChanged(Event):
    """A rule was made, changed, switched on or off, or deleted, as `act` says; `version` is what it says now."""

    rule_id: int
    version: int
    act: str


@dataclass(frozen=True, kw_only=True)
class FiringEnded(Event):
    """A member of staff said of a firing that it is done, or had it tried again."""

    firing_id: int
    how: str


@dataclass(frozen=True, kw_only=True)
class FollowingArranged(Event):
    """A rule has a member of staff follow an idea or a question; exactly one of the two ids is set."""

    person_id: int
    idea_id: int | None
    topic_id: int | None


@dataclass(frozen=True, kw_only=True)
class CrmOptOutPulled(Event):
    """A CRM says that a person wants no news by mail, or wants it again."""

    person_id: int
    opted_out: bool
