"""Where images lie, and who sees one."""

import pytest


@pytest.fixture
def folder(app):
    """Where the files are."""
    root = app.extensions["images"].root
    for path in sorted(root.rglob("*.webp")) if root.exists() else []:
        path.unlink()
    return root


@pytest.fixture
def readers(as_, cast):
    """`readers(image)`: who sees it, of customer (who uploaded it), other_customer, moderator and stranger."""

    def seen(image):
        names = ("customer", "other_customer", "moderator", "stranger")
        return {n for n in names if as_(cast[n]).get(f"/images/{image.name}").status_code == 200}

    return seen
