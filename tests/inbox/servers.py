"""An SMTP server and a gateway for text messages that really run, and keep what they are given."""

import asyncio
import datetime as dt
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "jineng", "a password"


@dataclass
class Mailbox:
    """What came, and how the next ones are answered."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    #: By recipient: what RCPT is answered; and what DATA is.
    refuses: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    #: Called once a mail was taken, before the client is told.
    taken: Callable[[], None] | None = None

    @property
    def subjects(self) -> list[str]:
        """Of all that came."""
        return [str(mail["Subject"]) for mail in self.mails]


class _Handler:
    def __init__(self, box: Mailbox) -> None:
        self.box = box

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.box.refuses:
            return self.box.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.box.answers and (answer := self.box.answers.pop(0)) != "250 OK":
            return answer
        parsed: Any = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        self.box.mails.append(parsed)
        self.box.to.append(envelope.rcpt_tos[0])
        transport: Any = server.transport
        self.box.encrypted.append(transport.get_extra_info("ssl_object") is not None)
        if session.authenticated:
            self.box.signed_in.append(str(session.auth_data))
        if self.box.taken is not None:
            self.box.taken()
        return "250 OK"


@contextmanager
def smtp_server(security: str = "none", certificate: Path | None = None) -> Iterator[Mailbox]:
    """Runs it on 127.0.0.1; with STARTTLS or TLS it asks for user and password too."""
    box = Mailbox()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def check(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=data == known, auth_data=USER)

    def made() -> SMTP:
        asks: dict[str, Any] = {"authenticator": check} if context else {}
        # Where all of it is TLS, the server's own notion of that knows nothing of it.
        asks |= {"auth_require_tls": False} if security == "tls" else {}
        asks |= {"auth_required": True} if security == "starttls" else {}
        one = SMTP(
            _Handler(box),
            hostname="localhost",
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            **asks,
        )
        talking.append(one)
        return one

    talking: list[SMTP] = []
    # In a thread from the start: a browser's driver may keep a loop running in this one.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(
        loop.create_server(made, "127.0.0.1", 0, ssl=context if security == "tls" else None), loop
    ).result()
    box.port = server.sockets[0].getsockname()[1]

    def end() -> None:
        server.close()
        for one in talking:
            if one.transport is not None:
                one.transport.abort()  # type: ignore[attr-defined]
        loop.call_later(0.05, loop.stop)

    try:
        yield box
    finally:
        loop.call_soon_threadsafe(end)
        thread.join()
        loop.close()


def certificate_for_localhost(folder: Path) -> Path:
    """A certificate of our own with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@dataclass
class Texts:
    """What came to the gateway, each key once; and how the next requests are answered."""

    address: str = ""
    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    #: Status and headers, one for each request; after them, 200.
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    taken: Callable[[], None] | None = None


@contextmanager
def text_gateway() -> Iterator[Texts]:
    """Runs it on 127.0.0.1. As real ones do, it sends what has the same key once."""
    texts = Texts()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            texts.requests.append(key)
            status, headers = texts.answers.pop(0) if texts.answers else (200, {})
            if status == 200:
                texts.messages.setdefault(key, (body["phone"], body["text"]))
                if texts.taken is not None:
                    texts.taken()
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    texts.address = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield texts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
