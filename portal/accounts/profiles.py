"""What a profile shows beside the person: each slice adds a section of its own.

A slice says in its `register`: `profiles.add(20, "ideas/_of_person.html", queries.recent_of)`. The loader gets the
viewer and the person, does one query, and what it returns stands in the template as `content` (with `person`).
None, or nothing in it, leaves the section out.
"""

from collections.abc import Callable, Sequence
from typing import Any

from portal.accounts.models import Person, Viewer

Loader = Callable[[Viewer, Person], Any]

sections: dict[str, tuple[int, Loader]] = {}


def add(order: int, template: str, loader: Loader) -> None:
    """Show `template` on every profile; low orders come first. Adding one again replaces it."""
    sections[template] = (order, loader)


def load(viewer: Viewer, person: Person) -> Sequence[tuple[str, Any]]:
    """The sections of this profile that have something to show: (template, content)."""
    ordered = sorted(sections.items(), key=lambda item: item[1][0])
    loaded = [(template, loader(viewer, person)) for template, (_, loader) in ordered]
    return [(template, content) for template, content in loaded if content]
