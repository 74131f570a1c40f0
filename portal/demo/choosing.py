"""Who votes for what, and when: the files give the counts, and the few names that a text gives away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from portal.demo.loading import Community, Item

NOW = 0.02
"""No vote is younger than this, in days: about half an hour."""
CLOSING = {"shipped", "declined"}


@dataclass(frozen=True)
class Ballot:
    """One person's vote, `days_ago`; 1 for it or -1 against."""

    person: str
    value: int
    days_ago: float


class Electorate:
    """The customers of the community, each as eager to vote as their turn of mind. The same seed, the same votes."""

    def __init__(self, community: Community, seed: int = 7) -> None:
        self.seed = seed
        eager = Random(seed)  # noqa: S311 (to be repeated, not to be secret)
        self.joined = {person["key"]: person["days_ago"] for person in community.people}
        self.eagerness = {
            person["key"]: eager.uniform(0.4, 1.6)
            for person in community.people
            if person["role"] == "customer" and person["votes"]
        }

    def on_idea(self, idea: Item, until: float = NOW) -> list[Ballot]:
        """The ballots on an idea beside its author's own. Who wrote a comment comes first.

        `until` is when it stopped taking votes, if not by being closed. A `crowd` voted together, each when it is
        written.
        """
        crowd = [Ballot(who, 1, days_ago) for who, days_ago in idea.get("crowd", {}).items()]
        dice = Random(f"{self.seed} {idea['key']}")  # noqa: S311
        against = idea["voted_against"]
        spoke = [post["author"] for post in idea["comments"] if post["author"] not in against]
        until = max([until, *(a["days_ago"] for a in idea["answers"] if a["status"] in CLOSING)])
        heard = [word["days_ago"] for word in (*idea["answers"], *idea["comments"][-2:])]
        able = self._able(idea["author"], until)
        ups = self._pick(dice, able, idea["votes"] - 1 - len(crowd), first=spoke, never=against)
        downs = self._pick(dice, able, idea["votes_against"], first=against, never=[*ups, *spoke])
        return crowd + [
            Ballot(who, value, self._moment(dice, who, idea["days_ago"], until, heard))
            for value, people in ((1, ups), (-1, downs))
            for who in people
        ]

    def on_answer(self, key: str, reply: Item) -> list[Ballot]:
        """The ballots on a reply; `key` names it, so that its votes do not depend on its neighbours."""
        dice = Random(f"{self.seed} {key}")  # noqa: S311
        able = self._able(reply["author"], NOW)
        ups = self._pick(dice, able, reply.get("votes", 0))
        downs = self._pick(dice, able, reply.get("votes_against", 0), never=ups)
        return [
            Ballot(who, value, self._moment(dice, who, reply["days_ago"], NOW))
            for value, people in ((1, ups), (-1, downs))
            for who in people
        ]

    def _able(self, author: str, until: float) -> list[str]:
        return [who for who in self.eagerness if who != author and self.joined[who] > until]

    def _pick(
        self, dice: Random, able: list[str], count: int, first: Iterable[str] = (), never: Iterable[str] = ()
    ) -> list[str]:
        chosen = [who for who in dict.fromkeys(first) if who in able][:count]
        rest = [who for who in able if who not in chosen and who not in set(never)]
        rest.sort(key=lambda who: dice.random() ** (1 / self.eagerness[who]), reverse=True)
        return chosen + rest[: count - len(chosen)]

    def _moment(
        self, dice: Random, who: str, begun: float, until: float, heard: Sequence[float] = ()
    ) -> float:
        """Most vote in the first weeks, some when they hear of it again, some whenever; none before they joined."""
        begun = min(begun, self.joined[who])
        news = [moment for moment in heard if until < moment < begun]
        turn = dice.random()
        if turn < 0.3 and news:
            begun = dice.choice(news)
        wait = dice.expovariate(1 / 12) if turn < 0.7 else dice.uniform(0, begun - until)
        return begun - min(max(wait, 0.01), (begun - until) * dice.uniform(0.2, 0.99))
