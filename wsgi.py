"""What a WSGI server and the flask command load."""

import sys

from portal import garbage

with garbage.loading():
    from portal.app import create_app
    from portal.settings import BadSetting

    try:
        app = create_app()
    except BadSetting as problem:
        sys.exit(str(problem))
app.wsgi_app = garbage.between_requests(app.wsgi_app)  # type: ignore[method-assign]
