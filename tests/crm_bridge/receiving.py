"""A receiver of webhooks on this machine: it verifies what comes, keeps it, and answers as it is told."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from portal import clock
from portal.crm_bridge.calling.signing import Unverified, new_secret, verify

LOST = 0


class Receiver:
    """`answers` are the next statuses (or functions of the event); without any it says 204. LOST takes the message
    and breaks off without an answer."""

    def __init__(self):
        self.secrets = [new_secret()]
        self.answers, self.events, self.refused, self.seen = [], [], [], set()
        self.received, self.now = [], clock.now

    def is_new(self, name):
        new = name not in self.seen
        self.seen.add(name)
        return new

    def take(self, headers, body):
        """The status to answer with."""
        self.received.append((dict(headers), body))
        event, lost = json.loads(body), False
        if self.answers:
            status = self.answers.pop(0)
            status = status(event) if callable(status) else status
            if status >= 300:
                return status
            lost = status == LOST
        try:
            verify(self.secrets, headers, body, self.now(), self.is_new)
        except Unverified as refusal:
            self.refused.append(str(refusal))
            # What was received before was taken then.
            return 200 if "before" in str(refusal) else 400
        self.events.append(event)
        return LOST if lost else 204

    @contextmanager
    def listening(self):
        """The address of the receiver while it listens."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.path == "/hooks"
                status = receiver.take(self.headers, body)
                if status == LOST:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
