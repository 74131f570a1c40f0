"""How often hypothesis tries: the profile of a run scales what each test asks for."""

from hypothesis import settings

WHOLE = 100


def use(database: str) -> None:
    """The profile of a run on this database, chosen before any test is read.

    On PostgreSQL a third of the examples is tried: the logic is what SQLite was asked about, only the statements are
    sent in another dialect.
    """
    settings.register_profile("sqlite", max_examples=WHOLE)
    settings.register_profile("postgresql", max_examples=WHOLE // 3)
    settings.load_profile(database)


def examples(whole: int) -> int:
    """So many examples as this run tries where a whole one tries `whole`, and never fewer than two."""
    return max(2, round(whole * settings.default.max_examples / WHOLE))
