"""A slow line to a site: its pages come in pieces, so that a browser may show the first of them."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 400
#: A page takes half a second to come, in which a browser paints thirty times.
SECONDS_BETWEEN = 0.01
OF_THE_LINE = {"connection", "content-length", "date", "server", "transfer-encoding"}


@contextmanager
def slow_line(port: int) -> Iterator[str]:
    """The address of a relay to the site on this port."""

    class Relay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            site.request("GET", self.path, headers={"Host": self.headers["Host"]})
            answer = site.getresponse()
            body = answer.read()
            site.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in OF_THE_LINE:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            page = answer.headers.get_content_type() == "text/html"
            step = PIECE if page else len(body) or 1
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                self.wfile.flush()
                time.sleep(SECONDS_BETWEEN if page else 0)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Relay) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
