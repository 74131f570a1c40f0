"""Whether everything runs, for the staff."""

from datetime import timedelta

from flask import Response

from portal import clock, pages
from portal.activity.cli import current_jobs
from portal.activity.queries import FARTHEST, held_back_since, lag
from portal.activity.reading import readers
from portal.admin.health import queries
from portal.admin.views import admin, administers
from portal.ideas.inquiring import queries as inquiring

SILENT = timedelta(minutes=3)
"""A worker wakes the readers every minute; after this long without, it does not run."""
MOST_FAILURES = 10


@admin.get("/admin/health")
@administers
def show_health() -> Response:
    seen = current_jobs().worker_seen_at()
    return pages.page(
        "admin/health.html",
        lags=lag(readers.names()),
        farthest=FARTHEST,
        held_back_since=held_back_since(),
        failed=inquiring.failed(MOST_FAILURES),
        waiting=current_jobs().waiting(),
        seen=seen,
        is_silent=seen is None or clock.now() - seen > SILENT,
        store=queries.store(),
        versions=queries.versions(),
    )
