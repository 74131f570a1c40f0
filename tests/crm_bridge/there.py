"""People who work in a CRM, real or of ours: they make accounts and contacts, say what they know, and merge."""

import httpx
import pytest

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import connect
from tests.crm_bridge.fakes import FAKES


class InFake:
    """In a CRM of ours."""

    def __init__(self, vendor):
        self.fake = FAKES[vendor]()
        self.settings, self.wire = self.fake.settings, self.fake.wire

    def account(self, name, revenue):
        return self.fake.enter("account", {"title": name, "revenue": revenue})

    def contact(self, name, email):
        return self.fake.somebody(name, email)

    def name_of(self, account):
        [found] = [each for each in self.fake.accounts() if each["id"] == account]
        return found.get("name") or found["Name"]

    def say(self, account, revenue):
        self.fake.sleep(60)
        self.fake.enter("account", {"revenue": revenue}, account)

    def merge(self, kind, master, loser):
        self.fake.sleep(60)
        (self.fake.join if kind == "account" else self.fake.merge)(master, loser)

    def counts(self):
        return len(self.fake.accounts()), len(self.fake.contacts())

    def close(self):
        pass


class InBottleCRM:
    """In a real BottleCRM."""

    def __init__(self, real_crm):
        self.settings, self.wire = real_crm("bottlecrm"), Wire(private=True)
        headers = {"Authorization": f"Bearer {self.settings['token']}"}
        self.client = httpx.Client(base_url=f"{self.settings['url']}/api/", headers=headers, timeout=60)

    def _post(self, path, sent):
        answer = self.client.post(path, json=sent)
        answer.raise_for_status()
        return answer.json()

    def account(self, name, revenue):
        return self._post("accounts/", {"name": name, "annual_revenue": str(revenue), "currency": "EUR"})[
            "id"
        ]

    def contact(self, name, email):
        first, _, last = name.partition(" ")
        return self._post("contacts/", {"first_name": first, "last_name": last, "email": email})["id"]

    def name_of(self, account):
        return self.client.get(f"accounts/{account}/").json()["account_obj"]["name"]

    def say(self, account, revenue):
        sent = {"annual_revenue": str(revenue), "currency": "EUR"}
        self.client.patch(f"accounts/{account}/", json=sent).raise_for_status()

    def merge(self, kind, master, loser):
        self._post(f"{kind}s/{master}/merge/", {"merge_id": loser})

    def counts(self):
        accounts = self.client.get("accounts/").json()["active_accounts"]["open_accounts_count"]
        return accounts, self.client.get("contacts/").json()["count"]

    def close(self):
        self.client.close()


class InTryton:
    """In a real Tryton, where the fax number of a party stands for its revenue."""

    def __init__(self, real_crm):
        self.settings, self.wire = real_crm("tryton"), Wire(private=True)
        self.gateway = connect("tryton", self.settings | real_crm.admin("tryton"), self.wire)
        self.ask, self.look = self.gateway.rpc.ask, self.gateway.rpc.read

    def _party(self, name, type_, value):
        mechanisms = [["create", [{"type": type_, "value": value}]]]
        [made] = self.ask(
            "party.party.create", [{"name": name, "addresses": [], "contact_mechanisms": mechanisms}]
        )
        return str(made)

    def account(self, name, revenue):
        return self._party(name, "fax", str(revenue))

    def contact(self, name, email):
        return self._party(name, "email", email)

    def name_of(self, account):
        return self.look("party.party", [["id", "=", int(account)]], ["name"])[0]["name"]

    def say(self, account, revenue):
        number = {"party": int(account), "type": "fax", "value": str(revenue)}
        self.ask("party.contact_mechanism.create", [number])

    def merge(self, kind, master, loser):
        """With the wizard that people use; that the names differ is a warning which they wave away."""
        self.ask("res.user.warning.skip", f"party.replace name {loser} {master}", True)
        call = self.gateway.rpc.caller.call

        def wizard(act, *params):
            body = {"id": 1, "method": f"wizard.party.replace.{act}", "params": [*params, {}]}
            answer = call("POST", self.gateway.rpc.path, json=body).data
            assert "error" not in answer, answer
            return answer["result"]

        session = wizard("create")[0]
        wizard("execute", session, {"ask": {"source": int(loser), "destination": int(master)}}, "replace")

    def counts(self):
        parties = self.look("party.party", [["replaced_by", "=", None]], ["email"])
        contacts = sum(bool(each["email"]) for each in parties)
        return len(parties) - contacts, contacts

    def close(self):
        self.gateway.close()


REAL = {"bottlecrm": InBottleCRM, "tryton": InTryton}
WORKED_IN = [
    *FAKES,
    *(pytest.param(name, marks=[pytest.mark.real_crm(name), pytest.mark.only_on("sqlite")]) for name in REAL),
]
"""All vendors in which others work beside us."""


def people_in(vendor, real_crm):
    """Those who work in the CRM of a vendor; `real_crm` is the fixture, called for a real one alone."""
    return REAL[vendor](real_crm()) if vendor in REAL else InFake(vendor)
