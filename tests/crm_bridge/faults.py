"""Gateways that watch, refuse and die, around a real one."""

from portal.crm_bridge.gateway import CrmError, Outcome, Status


class Killed(BaseException):
    """What a `kill -9` is to a test: nothing after it runs."""


class Watched:
    """Notes each call as (method, kind, how many)."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.calls = []

    def __getattr__(self, name):
        return getattr(self.gateway, name)

    @property
    def writes(self):
        return [call for call in self.calls if call[0] in ("upsert_many", "erase")]

    def plan_keys(self, kind, keys):
        self.calls.append(("plan_keys", kind, len(keys)))
        return self.gateway.plan_keys(kind, keys)

    def upsert_many(self, kind, rows):
        self.calls.append(("upsert_many", kind, len(rows)))
        return self.gateway.upsert_many(kind, rows)

    def read_many(self, kind, refs):
        self.calls.append(("read_many", kind, len(refs)))
        return self.gateway.read_many(kind, refs)

    def erase(self, kind, refs):
        self.calls.append(("erase", kind, len(refs)))
        return self.gateway.erase(kind, refs)


class Mortal(Watched):
    """Dies at the n-th moment; there is one before and one after each writing call."""

    def __init__(self, gateway, dies_at):
        super().__init__(gateway)
        self.left = dies_at

    def moment(self):
        self.left -= 1
        if self.left == 0:
            raise Killed

    def upsert_many(self, kind, rows):
        self.moment()
        # A CRM that takes rows one by one may have taken some.
        outcomes = [self.gateway.upsert_many(kind, [row])[0] for row in rows if self.moment() is None]
        self.moment()
        return outcomes

    def erase(self, kind, refs):
        self.moment()
        outcomes = self.gateway.erase(kind, refs)
        self.moment()
        return outcomes


class Moody(Watched):
    """Fails as `moods` says: whole calls before or after they were carried out, or single rows."""

    def __init__(self, gateway, random, often=0.3):
        super().__init__(gateway)
        self.random, self.often = random, often

    def _whole(self):
        if self.random.random() < self.often:
            raise CrmError("Timed out", permanent=False)

    def upsert_many(self, kind, rows):
        self._whole()
        outcomes = []
        for row in rows:
            if self.random.random() < self.often:
                outcomes.append(Outcome(Status.FAILED, message="Row is locked"))
            else:
                outcomes += self.gateway.upsert_many(kind, [row])
        self._whole()
        return outcomes

    def erase(self, kind, refs):
        self._whole()
        outcomes = self.gateway.erase(kind, refs)
        self._whole()
        return outcomes


class Strict(Watched):
    """Refuses a whole batch when it holds one of `bad`, as some CRMs do."""

    def __init__(self, gateway, bad):
        super().__init__(gateway)
        self.bad = bad

    def upsert_many(self, kind, rows):
        self.calls.append(("upsert_many", kind, len(rows)))
        if any(row.ref.external_id in self.bad for row in rows):
            raise CrmError("One of the rows is invalid", permanent=True)
        return self.gateway.upsert_many(kind, rows)
