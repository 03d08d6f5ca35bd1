"""Servers of this machine that fail as those of the world do."""

import http.server
import threading
from contextlib import contextmanager


class UnreliableHandler(http.server.BaseHTTPRequestHandler):
    """Sends what a subclass's `do_GET` asks for, whole or with a failure."""

    timeout = 10

    def log_message(self, *args):
        pass

    def answer(self, body, failure=None):
        """Send a body; or, as `failure` says, half of it or something else."""
        body = b"a login page" if failure == "other" else body
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2 if failure == "cut" else None])


@contextmanager
def serving(handler):
    """Run a server; it ends with the block."""
    address = "127.0.0.1", 0
    with http.server.ThreadingHTTPServer(address, handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
