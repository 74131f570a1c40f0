"""Who may take lists out, and who may bring data in."""

from tests.matrix import row
from tests.world import EXPORT_TOKEN

EXPORTS = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}
DOES = {"everyone": 403, "stranger": 401, "product_manager": 303, "admin": 303}
SAVED = {"saved_id": "saved_export"}
IDEAS = {"format": "csv", "rows": "ideas"}
WHEN = {"every": "day", "weekday": 0, "monthday": 1, "hour": 6, "days_kept": 7}

ROUTES = [
    row("GET", "own.show", everyone=200, stranger=302),
    row("POST", "own.create", everyone=200, stranger=401),
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
    row("GET", "imports.index", everyone=403, stranger=302, admin=200),
    # Without a file.
    row("POST", "imports.create", everyone=403, stranger=401, admin=422),
    row("GET", "imports.show", {"upload_id": "upload"}, everyone=403, stranger=302, admin=200),
    row("GET", "imports.show_progress", {"upload_id": "upload"}, everyone=403, stranger=302, admin=303),
    row("GET", "imports.download", {"upload_id": "upload"}, everyone=403, stranger=302, admin=404),
    row(
        "PUT",
        "imports.put_wishes",
        {"upload_id": "upload"},
        {"currency": "EUR"},
        everyone=403,
        stranger=401,
        admin=303,
    ),
    row("PUT", "imports.put_taking", {"upload_id": "upload"}, everyone=403, stranger=401, admin=303),
    row("DELETE", "imports.delete", {"upload_id": "upload"}, everyone=403, stranger=401, admin=303),
    row("POST", "transfer.preview_export", data=IDEAS, **EXPORTS | {"stranger": 401}),
    row("GET", "transfer.index", **EXPORTS),
    row("POST", "transfer.create_saved", data=IDEAS | {"name": "Mine"}, **DOES),
    row("GET", "transfer.show_saved", SAVED, **EXPORTS),
    row("GET", "transfer.edit_saved", SAVED, **EXPORTS),
    row("PUT", "transfer.put_saved", SAVED, IDEAS | {"name": "Other"}, **DOES),
    row("DELETE", "transfer.delete_saved", SAVED, **DOES),
    row("POST", "transfer.create_copy", SAVED, **DOES),
    row("POST", "transfer.create_file", SAVED, **EXPORTS | {"stranger": 401}),
    # Nobody is chosen to get the link.
    row("PUT", "transfer.put_schedule", SAVED, WHEN, **DOES | {"product_manager": 422, "admin": 422}),
    row("DELETE", "transfer.delete_schedule", SAVED, **DOES),
    row("GET", "transfer.fetch_file", {"file_id": 1}, **EXPORTS),
    row("GET", "transfer.fetch_link", {"token": EXPORT_TOKEN}, **EXPORTS),
    row("GET", "transfer.log", everyone=403, stranger=302, admin=200),
]
