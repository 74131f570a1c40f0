"""Who may take lists out, and who may bring data in."""

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
]
