"""Who may do what at the desk."""

from tests.matrix import row

STAFF = {"everyone": 403, "stranger": 302, "moderator": 200, "product_manager": 200, "admin": 200}
ADMIN = {"everyone": 403, "stranger": 302, "admin": 200}

ROUTES = [
    row("GET", "admin.index", **STAFF),
    row("GET", "admin.show_components", everyone=404, moderator=200, product_manager=200, admin=200),
    row("GET", "admin.answer_monitors", everyone=200),
    row("GET", "admin.make_first_admin", {"token": "forged"}, everyone=404),
    row("POST", "admin.make_first_admin", {"token": "forged"}, everyone=404),
]
