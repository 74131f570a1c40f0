"""What people who work in HubSpot do there."""

from datetime import timedelta


class People:
    """A part of the fake, which makes and changes `records`."""

    def contacts(self):
        return [{"id": id_, **each} for id_, each in self.records["contacts"].items()]

    def somebody(self, name, email):
        first, _, last = name.partition(" ")
        id_ = self._make("contacts", {"email": email, "firstname": first, "lastname": last})
        self.records["contacts"][id_]["hs_updated_by_user_id"] = "7"
        return id_

    def name_of(self, id_):
        record = self.records["contacts"][id_]
        return f"{record['firstname']} {record['lastname']}"

    def accounts(self):
        return [{"id": id_, **each} for id_, each in self.records["companies"].items()]

    def merge(self, master, loser):
        """What hung under one hangs under the other, which keeps what it says itself."""
        self.indexes.clear()
        del self.records["contacts"][loser]
        self.merged[loser] = master
        self.links = {tuple(master if each == loser else each for each in pair) for pair in self.links}
        self._touch("contacts", master)

    def remove(self, id_):
        self.bin.add(id_)
        self.erase_for_good(id_)

    def erase_for_good(self, id_):
        """As the law on privacy wants it: not even in the bin."""
        self.indexes.clear()
        del self.records["contacts"][id_]
        self.links = {pair for pair in self.links if id_ not in pair}

    def enter(self, kind, fields, id_=None):
        """Somebody there makes a record, or changes it."""
        names = {"tier": "hs_ideal_customer_profile", "revenue": "annualrevenue", "domain": "domain"}
        names |= {"title": "name", "job": "jobtitle", "out": "hs_email_optout", "amount": "amount"}
        names |= {"account": "hs_primary_associated_company", "closed": "hs_is_closed"}
        if kind == "deal":
            names["title"] = "dealname"
        values = {
            names[name]: str(value).lower() if value is True else str(value) for name, value in fields.items()
        }
        type_ = {"account": "companies", "contact": "contacts", "deal": "deals"}[kind]
        if id_ is None:
            owned = {} if kind == "deal" else {"hubspot_owner_id": "31"}
            made = self._make(type_, {**owned, **values})
            if kind == "deal" and "account" in fields:
                self.links.add((made, str(fields["account"])))
            return made
        return self._change(type_, id_, values)

    def join(self, master, loser):
        """Somebody there merges two companies."""
        self.indexes.clear()
        del self.records["companies"][loser]
        self.merged[loser] = master
        self._touch("companies", master)

    def fill(self, count, first=1, ago=0):
        self.indexes.clear()
        at = self._now(self.now() - timedelta(seconds=ago))
        for number in range(first, first + count):
            ours = {"community_id": f"person:{number}", "lastname": "Ines"}
            id_ = str(1_000_000 + number)
            self.records["contacts"][id_] = {**ours, "lastmodifieddate": at, "hs_object_id": id_}

    def end_day(self):
        self.limit = self.used

    def expire(self):
        """The token is not known for one call."""
        self.known = None
        self.tokens += ["", ""]
