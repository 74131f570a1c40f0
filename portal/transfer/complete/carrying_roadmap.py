"""Roadmaps with what was placed on them by hand, and the changelog."""

from portal.ideas.changelog.models import (
    ChangelogAdmission,
    ChangelogEntry,
    ChangelogFollow,
    ChangelogIdea,
    ChangelogKind,
    ChangelogLabel,
)
from portal.ideas.roadmap.models import (
    Roadmap,
    RoadmapAdmission,
    RoadmapBoard,
    RoadmapColumn,
    RoadmapItem,
)
from portal.transfer.complete.cooking import COOKED, cook, tell
from portal.transfer.complete.listing import carry

for model in (Roadmap, RoadmapAdmission, RoadmapColumn, RoadmapBoard, RoadmapItem):
    carry(model)
carry(ChangelogEntry, without=COOKED | {"form_key": "belongs to a form that was sent"}, tell=tell, make=cook)
for part in (ChangelogAdmission, ChangelogKind, ChangelogLabel, ChangelogIdea, ChangelogFollow):
    carry(part)
