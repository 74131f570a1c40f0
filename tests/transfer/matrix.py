"""Who may take lists out."""

from tests.matrix import row

ROUTES = [
    row("GET", "transfer.new_export", everyone=403, stranger=302, product_manager=200, admin=200),
    row(
        "POST",
        "transfer.create_export",
        data={"format": "csv"},
        everyone=403,
        stranger=401,
        product_manager=200,
        admin=200,
    ),
]
