"""Settings of a BottleCRM for trying and testing, loaded by its own interpreter.

Tables are made straight from the models: seconds instead of minutes. Row security and data migrations, which the
long way brings, are not there.
"""

from datetime import timedelta

from crm.settings import *  # noqa: F403
from crm.settings import LOGGING, SIMPLE_JWT


class Unmigrated:
    """Says of every app that it has no migrations."""

    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        return None


MIGRATION_MODULES = Unmigrated()
# The key that makes new organisations for tests must outlive the made database.
SIMPLE_JWT = {**SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(days=3650)}
LOGGING = {
    **LOGGING,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"": {"handlers": ["console"], "level": "ERROR"}},
}
