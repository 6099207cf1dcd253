"""A register that answers over HTTP, as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answering:
    """``says``: the next answers in turn, the last for good: status, headers, body, delay."""

    says: list[tuple[int, dict[str, str], object, float]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    address: str = ""

    def say(
        self, status: int, body: object = "", *, after: float = 0, **headers: str
    ) -> "Answering":
        """Adds an answer; an object is sent as JSON, a text as it is."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.says.append((status, named, body, after))
        return self


@contextmanager
def answering() -> Iterator[Answering]:
    """The register, on 127.0.0.1."""
    register = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            register.asked.append(json.loads(self.rfile.read(length)))
            register.headers.append(dict(self.headers.items()))
            register.paths.append(self.path)
            says = register.says
            status, headers, body, after = says.pop(0) if len(says) > 1 else says[0]
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            text = body if isinstance(body, str) else json.dumps(body)
            try:
                for letter in text.encode() if after else ():
                    time.sleep(after)
                    self.wfile.write(bytes([letter]))
                    self.wfile.flush()
                if not after:
                    self.wfile.write(text.encode())
            except OSError:
                # Whoever asked has gone.
                self.close_connection = True

        def log_message(self, *said: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    register.address = f"http://127.0.0.1:{server.server_address[1]}/verify"
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
