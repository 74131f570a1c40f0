"""What tests of this folder share with those of notices."""

from tests.notifications.conftest import tell_now  # noqa: F401
