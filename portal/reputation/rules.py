"""What earns points, version by version. Source of the numbers: the table of the ledger in docs/reputation.md."""

from dataclasses import dataclass

VERSION = 1


@dataclass(frozen=True)
class Rule:
    """A cause of points, with the words that everybody reads beside them."""

    name: str
    points: int
    words: str


RULES = {
    rule.name: rule
    for rule in (
        Rule("answer_upvoted", 10, "An answer was found useful"),
        Rule("answer_downvoted", -2, "An answer was voted down"),
        Rule("downvoted_answer", -1, "Voted an answer down"),
        Rule("answer_accepted", 15, "An answer was accepted by the asker"),
        Rule("answer_verified", 10, "An answer was accepted by staff"),
        Rule("accepted_answer", 2, "Accepted an answer"),
        Rule("idea_upvoted", 2, "An idea was voted for"),
        Rule("idea_planned", 20, "An idea was planned"),
        Rule("idea_shipped", 30, "An idea was shipped"),
    )
}
