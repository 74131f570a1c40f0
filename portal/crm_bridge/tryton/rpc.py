"""Calling Tryton: JSON-RPC with a session, errors that come as good answers, and batches with one bad row."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.manners import Headers, Manners
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError

REFUSING = frozenset({"UserError", "UserWarning"})
PASSING = ("lock", "timeout", "time out", "serialize", "connection")
"""In the words of a database that may take the same a moment later."""

Row = TypeVar("Row")
Result = TypeVar("Result")


class Meanwhile(CrmError):
    """Somebody changed one of the records since it was read."""


class Rpc:
    """One database of a Tryton. Close it at the end."""

    def __init__(self, settings: Mapping[str, str], wire: Wire) -> None:
        self.user, self.password = settings["user"], settings["password"]
        self.path = f"{settings['database']}/rpc/"
        self.place = f"{settings['url'].rstrip('/')}/{settings['database']}"
        self.caller = Caller(f"{settings['url'].rstrip('/')}/", wire, Manners(sign_in=self._sign_in))

    def ask(
        self, method: str, *params: Any, context: Mapping[str, Any] | None = None, again: bool = False
    ) -> Any:
        """The result of a method such as party.party.read. Raises CrmError with Tryton's words.

        `again`: nothing is there twice when it is carried out twice.
        """
        body = {"id": 1, "method": f"model.{method}", "params": [*params, dict(context or {})]}
        data = self.caller.call("POST", self.path, json=body, again=again).data
        return _result(data)

    def read(
        self,
        model: str,
        domain: Sequence[Any],
        names: Sequence[str],
        limit: int | None = None,
        order: Any = None,
        hidden: bool = True,
        context: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Records that fit a domain, with these fields; with `hidden` also those that somebody put out of sight, and what
        they are made of."""
        found: list[dict[str, Any]] = self.ask(
            f"{model}.search_read",
            domain,
            0,
            limit,
            order,
            list(names),
            context={**(context or {}), **({"active_test": False} if hidden else {})},
            again=True,
        )
        return found

    def close(self) -> None:
        """Let go of the connections."""
        self.caller.close()

    def _sign_in(self, _: bool) -> Headers:
        params = [self.user, {"password": self.password}, "en"]
        body = {"id": 1, "method": "common.db.login", "params": params}
        answer = self.caller.call("POST", self.path, json=body, signed=False, again=True)
        try:
            user_id, session, *_rest = _result(answer.data)
        except (CrmError, TypeError, ValueError) as error:
            raise CrmError(f"Tryton did not let us in: {error}", permanent=False, auth=True) from error
        signed = b64encode(f"{self.user}:{user_id}:{session}".encode()).decode()
        return {"authorization": f"Session {signed}"}


def _result(data: Any) -> Any:
    """What a call returned. An error comes with status 200, as [name, words] or [words, trace]."""
    if not isinstance(data, dict) or not data.get("error"):
        return data["result"] if isinstance(data, dict) else None
    name, *rest = data["error"]
    words = rest[0] if rest else ""
    said = " ".join(filter(None, words[:2])) if isinstance(words, list) else words
    if name in REFUSING:
        raise CrmError(said, permanent=True)
    if name == "ConcurrencyException":
        raise Meanwhile(said, permanent=False)
    if name == "LoginException":
        raise CrmError(f"Tryton asks who we are: {said}", permanent=False, auth=True)
    raise CrmError(str(name), permanent=not any(each in str(name).lower() for each in PASSING))


def halved(
    call: Callable[[Sequence[Row]], list[Result]],
    rows: Sequence[Row],
    otherwise: Callable[[Row, CrmError], Result],
) -> list[Result]:
    """What a call for many rows returns, row by row. Refused as a whole, it is halved until bad rows stand alone;
    of those `otherwise` says what becomes. An answer that does not come is raised."""
    if not rows:
        return []
    try:
        return call(rows)
    except CrmError as error:
        if not (error.permanent or isinstance(error, Meanwhile)):
            raise
        if len(rows) == 1:
            return [otherwise(rows[0], error)]
    half = len(rows) // 2
    return halved(call, rows[:half], otherwise) + halved(call, rows[half:], otherwise)
