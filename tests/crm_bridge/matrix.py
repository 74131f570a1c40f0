"""Who may see customer records and have them pushed or taken out."""

from tests.matrix import row

RECORDS = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}

ROUTES = [
    row("GET", "crm_bridge.index", **RECORDS),
    row("GET", "crm_bridge.show_person", {"person_id": "customer"}, **RECORDS),
    row("GET", "crm_bridge.show_person", {"person_id": "imported_person"}, **RECORDS),
    row(
        "GET",
        "crm_bridge.show_person",
        {"person_id": 4711},
        **RECORDS | {"product_manager": 404, "admin": 404},
    ),
    row("GET", "crm_bridge.show_company", {"company_id": "company"}, **RECORDS),
    row(
        "GET",
        "crm_bridge.show_company",
        {"company_id": 4711},
        **RECORDS | {"product_manager": 404, "admin": 404},
    ),
    row(
        "POST", "crm_bridge.create_push", **RECORDS | {"stranger": 401, "product_manager": 303, "admin": 303}
    ),
    row("GET", "crm_bridge.export", **RECORDS),
]
