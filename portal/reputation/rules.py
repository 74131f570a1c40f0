"""What earns points, version by version. Source of the numbers: the table of the ledger in docs/reputation.md."""

from dataclasses import dataclass

VERSION = 1


@dataclass(frozen=True)
class Rule:
    """A cause of points, with the words that the member reads beside them."""

    name: str
    points: int
    words: str


RULES = {
    rule.name: rule
    for rule in (
        Rule("answer_upvoted", 10, "Your answer was found useful"),
        Rule("answer_downvoted", -2, "Your answer was voted down"),
        Rule("downvoted_answer", -1, "You voted an answer down"),
        Rule("answer_accepted", 15, "Your answer was accepted by the asker"),
        Rule("answer_verified", 10, "Your answer was accepted by staff"),
        Rule("accepted_answer", 2, "You accepted an answer to your question"),
        Rule("idea_upvoted", 2, "Your idea was voted for"),
        Rule("idea_planned", 20, "Your idea was planned"),
        Rule("idea_shipped", 30, "Your idea was shipped"),
    )
}
