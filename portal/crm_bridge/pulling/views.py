"""Where a CRM says that something changed there."""

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from portal import pages
from portal.crm_bridge.calling.listening import Message
from portal.crm_bridge.calling.signing import Unverified
from portal.crm_bridge.pulling import receiving
from portal.crm_bridge.views import crm_bridge
from portal.database import db

LARGEST = 262_144
"""No message that only names records is larger."""


@crm_bridge.post("/hooks/<name>")
@pages.limiter.limit("1200/minute")
def receive_hook(name: str) -> Response:
    """One answer to all that is not taken: it tells nobody which connections there are."""
    settings = current_app.extensions["settings"]
    try:
        body = request.get_data()
        if len(body) > LARGEST:
            raise Unverified("It is too large")
        address = settings.public_url.rstrip("/") + request.full_path.rstrip("?")
        headers = {key.lower(): value for key, value in request.headers}
        receiving.receive(name, Message(request.method, address, headers, body), settings)
    except (Unverified, ValueError, RequestEntityTooLarge):
        db.session.rollback()
        return Response("Not accepted.\n", 400, mimetype="text/plain")
    db.session.commit()
    return Response(status=204)


def exempt(app: Flask) -> None:
    """A CRM has no form of ours, and signs what it sends."""
    app.extensions["csrf"].exempt(receive_hook)
