"""Who may see customer records and connections, and who looks after them."""

from tests.matrix import row

RECORDS = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}
WRITES = {"everyone": 403, "stranger": 401, "product_manager": 303, "admin": 303}
RULE = {"name": "Somebody asks", "when": "question_asked", "then": "task", "connection": "embedded"}
NOWHERE = {"product_manager": 404, "admin": 404}
MANAGES = RECORDS | {"product_manager": 403}
ACTS = {"everyone": 403, "stranger": 401, "admin": 303}
HERE = {"name": "crm_connection"}
JOB = HERE | {"job_id": "crm_job"}
FIELD = HERE | {"field": "contact.points"}

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
    row(
        "GET",
        "crm_bridge.show_receipt",
        {"person_id": "customer"},
        **RECORDS | {"product_manager": 404, "admin": 404},
    ),
    row("GET", "crm_bridge.show_receipt", {"person_id": "receipted_person"}, **RECORDS),
    row("GET", "crm_bridge.show_person", {"person_id": "receipted_person"}, **RECORDS),
    row("GET", "crm_bridge.show_company", {"company_id": "company"}, **RECORDS),
    row(
        "GET",
        "crm_bridge.show_company",
        {"company_id": 4711},
        **RECORDS | {"product_manager": 404, "admin": 404},
    ),
    row("GET", "crm_bridge.show_connection", HERE, **RECORDS),
    row("GET", "crm_bridge.show_connection", {"name": "embedded"}, **RECORDS),
    row("GET", "crm_bridge.show_connection", {"name": "nowhere"}, **RECORDS | NOWHERE),
    row("GET", "crm_bridge.new_connection", **MANAGES),
    row("POST", "crm_bridge.create_connection", **ACTS | {"admin": 404}),
    row("POST", "crm_bridge.create_connection", data={"vendor": "hubspot"}, **ACTS | {"admin": 422}),
    row("GET", "crm_bridge.edit_connection", HERE, **MANAGES),
    row("PUT", "crm_bridge.update_connection", HERE, {"act": "save"}, **ACTS),
    row("PUT", "crm_bridge.put_pause", HERE, {"why": "The CRM moves"}, **ACTS),
    row("DELETE", "crm_bridge.delete_pause", HERE, **ACTS),
    row("DELETE", "crm_bridge.delete_connection", HERE, {"written": "leave"}, **ACTS),
    row("DELETE", "crm_bridge.delete_connection", HERE, **ACTS | {"admin": 422}),
    row("POST", "crm_bridge.create_job", HERE, {"act": "plan"}, **ACTS),
    row("POST", "crm_bridge.create_job", HERE, {"act": "erase"}, **ACTS | {"admin": 400}),
    row("GET", "crm_bridge.show_job", JOB, **RECORDS),
    row("GET", "crm_bridge.show_job", HERE | {"job_id": 4711}, **RECORDS | NOWHERE),
    row("GET", "crm_bridge.show_job_progress", JOB, **RECORDS | {"product_manager": 303, "admin": 303}),
    row("DELETE", "crm_bridge.delete_job", JOB, **ACTS),
    row("GET", "crm_bridge.list_fields", HERE, **RECORDS),
    row("PUT", "crm_bridge.put_field", FIELD, {"owner": "crm"}, **ACTS),
    *(
        row(
            method,
            f"crm_bridge.{name}",
            {"of": of, "entity_id": whose},
            data,
            everyone=403,
            stranger=401,
            product_manager=400,
            admin=400,
        )
        for method, name in (("POST", "create_retry"), ("PUT", "set_aside"), ("DELETE", "take_back"))
        for of, whose, data in (
            ("people", "customer", {}),
            ("companies", "company", {"connection": "embedded", "what": "vote", "number": "1"}),
        )
    ),
    *(
        row(
            *(method, f"crm_bridge.{name}", {"of": "people", "entity_id": "customer"}),
            {"connection": "embedded", "what": "vote", "number": "4711", "reason": "Known"},
            everyone=403,
            stranger=401,
            product_manager=404,
            admin=404,
        )
        for method, name in (("POST", "create_retry"), ("PUT", "set_aside"), ("DELETE", "take_back"))
    ),
    *(
        row(
            *(method, f"crm_bridge.{name}", {"of": of, "entity_id": "4711"} | args),
            everyone=403,
            stranger=401 if method != "GET" else 302,
            product_manager=404,
            admin=404,
        )
        for of in ("people", "companies")
        for method, name, args in (
            ("POST", "create_retry", {}),
            ("PUT", "set_aside", {}),
            ("DELETE", "take_back", {}),
            ("POST", "create_reading", {}),
            ("GET", "show_reading", {"name": "embedded"}),
        )
    ),
    row(
        *("POST", "crm_bridge.create_reading", {"of": "companies", "entity_id": "company"}),
        everyone=403,
        stranger=401,
        product_manager=409,
        admin=409,
    ),
    *(
        row("GET", "crm_bridge.show_reading", {"of": of, "entity_id": whose, "name": "embedded"}, **RECORDS)
        for of, whose in (("people", "customer"), ("companies", "company"))
    ),
    row("GET", "crm_bridge.export", **RECORDS),
    row("POST", "crm_bridge.receive_hook", {"name": "embedded"}, everyone=400),
    row("POST", "crm_bridge.receive_hook", {"name": "nowhere"}, everyone=400),
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
