"""Signing in to Entra with the library of its maker, whose calls go over our wire."""

from collections.abc import Mapping
from typing import Any

from msal import ConfidentialClientApplication

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.manners import Headers
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError

EVERY_REFUSAL = range(400, 500)


class Response:
    """An answer as the library reads it."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        self.status_code, self.text, self.headers = status, text, dict(headers)

    def raise_for_status(self) -> None:
        """The library raises its own errors from what the body says; this is for the rest."""
        if self.status_code >= 400:
            raise CrmError(f"Entra answered {self.status_code}", permanent=True)


class Door:
    """The calls of the library, made by a Caller."""

    def __init__(self, login: str, wire: Wire) -> None:
        self.caller = Caller(login, wire)

    def get(self, url: str, params: Any = None, headers: Headers | None = None, **_: Any) -> Response:
        """A GET as the library makes it."""
        return self._call("GET", url, params=params, headers=headers)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Headers | None = None, **_: Any
    ) -> Response:
        """A POST as the library makes it."""
        return self._call("POST", url, params=params, data=data, headers=headers, again=True)

    def _call(self, method: str, url: str, **options: Any) -> Response:
        answer = self.caller.call(method, url, accept=set(EVERY_REFUSAL) - {429}, reads=False, **options)
        return Response(answer.status, answer.text, answer.headers)

    def close(self) -> None:
        """Let go of the connections."""
        self.caller.close()


def sign_in(settings: Mapping[str, str], door: Door) -> Headers:
    """The headers of the application that is signed in. Raises CrmError with the words of Entra."""
    try:
        application = ConfidentialClientApplication(
            settings["client_id"],
            client_credential=settings["client_secret"],
            authority=f"{settings['login'].rstrip('/')}/{settings['tenant']}",
            http_client=door,
            instance_discovery=False,
        )
        said = application.acquire_token_for_client(scopes=[f"{settings['url'].rstrip('/')}/.default"])
    except ValueError as error:
        raise CrmError(f"Entra: {error}", permanent=True) from error
    if "access_token" not in said:
        words = said.get("error_description") or said.get("error") or "no token"
        raise CrmError(f"Entra: {str(words).splitlines()[0]}", permanent=True)
    return {"authorization": f"Bearer {said['access_token']}"}
