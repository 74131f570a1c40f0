"""Who may see customer records and have them pushed or taken out."""

from tests.matrix import row

RECORDS = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}
WRITES = {"everyone": 403, "stranger": 401, "product_manager": 303, "admin": 303}
RULE = {"name": "Somebody asks", "when": "question_asked", "then": "task", "connection": "embedded"}

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
    row("GET", "crm_bridge.list_rules", **RECORDS),
    row("GET", "crm_bridge.new_rule", **RECORDS),
    row("GET", "crm_bridge.show_rule", {"rule_id": "rule"}, **RECORDS),
    row("GET", "crm_bridge.edit_rule", {"rule_id": "rule"}, **RECORDS),
    row("GET", "crm_bridge.list_firings", **RECORDS),
    row("POST", "crm_bridge.create_rule", {}, RULE, **WRITES),
    row("PUT", "crm_bridge.put_rule", {"rule_id": "rule"}, RULE, **WRITES),
    row("DELETE", "crm_bridge.delete_rule", {"rule_id": "rule"}, **WRITES),
    row("POST", "crm_bridge.create_test", {"rule_id": "rule"}, **WRITES),
    row("PUT", "crm_bridge.put_switch", {"rule_id": "rule"}, **WRITES),
    row("DELETE", "crm_bridge.delete_switch", {"rule_id": "rule"}, **WRITES),
    row("PUT", "crm_bridge.put_ready", {"key": "advocate"}, **WRITES),
    row(
        "PUT",
        "crm_bridge.put_ready",
        {"key": "nothing"},
        **WRITES | {"product_manager": 404, "admin": 404},
    ),
    row("PUT", "crm_bridge.put_retry", {"firing_id": "failed_firing"}, **WRITES),
    row(
        "PUT",
        "crm_bridge.put_retry",
        {"firing_id": "open_firing"},
        **WRITES | {"product_manager": 409, "admin": 409},
    ),
    row("PUT", "crm_bridge.put_done", {"firing_id": "open_firing"}, **WRITES),
]
