"""What the web server of a BottleCRM serves, loaded by its own interpreter once, for all its worker processes."""

from crm.wsgi import application
from django.urls import get_resolver

# Django would read the views only for the first request, in each process anew: seconds of work.
get_resolver().url_patterns  # noqa: B018

__all__ = ["application"]
