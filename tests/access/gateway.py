"""A gateway for text messages: an HTTP server that keeps what it is given."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Sent:
    """What came: who sent it and what; and with which status it is answered."""

    address: str = ""
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    status: int = 200


@contextmanager
def gateway() -> Iterator[Sent]:
    """Runs it on 127.0.0.1."""
    sent = Sent()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if sent.status == 200:
                told = (self.headers["Authorization"], body["phone"], body["text"])
                sent.messages.append(told)
            self.send_response(sent.status)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    sent.address = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
