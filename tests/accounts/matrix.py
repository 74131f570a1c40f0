"""Who may do what on the pages of people."""

from tests.matrix import row

PAGE = {"everyone": 200, "stranger": 302}
FORM = {"everyone": 422, "stranger": 401}
ACT = {"everyone": 303, "stranger": 401}

ROUTES = [
    row("GET", "security.login", everyone=302, stranger=200),
    row("POST", "security.login", everyone=303, stranger=422),
    row("POST", "security.logout", everyone=303),
    row("GET", "security.register", everyone=302, stranger=200),
    row("POST", "security.register", everyone=303, stranger=422),
    row("GET", "security.forgot_password", everyone=200),
    row("POST", "security.forgot_password", everyone=422),
    row("GET", "security.reset_password", {"token": "forged"}, everyone=302),
    row("POST", "security.reset_password", {"token": "forged"}, everyone=303),
    row("GET", "security.send_confirmation", everyone=200),
    row("POST", "security.send_confirmation", everyone=422),
    row("GET", "security.confirm_email", {"token": "forged"}, everyone=303),
    row("POST", "security.confirm_email", {"token": "forged"}, everyone=303),
    row("GET", "accounts.list_handles", **PAGE),
    row("POST", "accounts.create_handle", **FORM),
    row("POST", "accounts.create_handle", data={"place": "github", "address": "@ines"}, **ACT),
    row("DELETE", "accounts.delete_handle", {"handle_id": 4711}, everyone=404, stranger=401),
    row("GET", "security.change_password", **PAGE),
    row("POST", "security.change_password", **FORM),
    row("GET", "security.verify", **PAGE),
    row("POST", "security.verify", **FORM),
    row("GET", "accounts.show_mail_sent", everyone=303),
    row("GET", "accounts.edit_mail", **PAGE),
    row("POST", "accounts.edit_mail", **FORM),
    row("GET", "accounts.confirm_mail", {"token": "forged"}, everyone=303),
    row("POST", "accounts.confirm_mail", {"token": "forged"}, everyone=303),
    row("GET", "accounts.edit", **PAGE),
    row("PUT", "accounts.update", data={"name": "A name"}, **ACT),
    row("PUT", "accounts.update", data={"name": ""}, **FORM),
    row("PUT", "accounts.give_consent", **ACT),
    row("DELETE", "accounts.withdraw_consent", **ACT),
    row("GET", "accounts.show_erasure", **PAGE),
    row("DELETE", "accounts.erase", data={"texts": "leave", "password": "not this"}, **FORM),
    row("GET", "accounts.list_sessions", **PAGE),
    row("DELETE", "accounts.end_other_sessions", **ACT),
    row("DELETE", "accounts.end_session", {"session_id": 999}, everyone=404, stranger=401),
    row("GET", "accounts.show", {"person_id": "customer"}, everyone=200),
    row("GET", "accounts.show", {"person_id": "admin"}, everyone=200),
    row("GET", "accounts.show", {"person_id": "imported_person"}, everyone=200),
    row("GET", "accounts.show", {"person_id": 999}, everyone=404),
    row("GET", "accounts.show", {"person_id": "unconfirmed_person"}, everyone=404, admin=200),
    row("GET", "accounts.show", {"person_id": "closed_person"}, everyone=200),
    row("GET", "accounts.show", {"person_id": "erased_person"}, everyone=404),
]
