"""The keys, sealed by a passphrase: scrypt (RFC 7914), then AES-256-GCM."""

import base64
import hmac
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from jineng.config import keys

N, R, P = 2**17, 8, 1
SHORTEST = 12
FILES = {
    "secret_key": "JINENG_SECRET_KEY",
    "seal_key": "JINENG_SEAL_KEY",
    **{f"{ring}_keys": variable for ring, variable in keys.RINGS.items()},
}


class WrongPassphrase(Exception):
    """The passphrase is another, or the keys were damaged."""


def held(folder: Path) -> dict[str, str]:
    """The keys in use, from the environment or the folder, by the names of their files."""
    found = {}
    for name, variable in FILES.items():
        if given := os.environ.get(variable):
            found[name] = given
        elif (folder / name).exists():
            found[name] = (folder / name).read_text().strip()
    return found


def marks(folder: Path) -> dict[str, dict[str, str]]:
    """What keys can be told apart by without giving them away: ring → id → mark."""
    found: dict[str, dict[str, str]] = {}
    for ring in keys.RINGS:
        text = held(folder).get(f"{ring}_keys", "")
        for part in filter(None, text.split(",")):
            name, _, encoded = part.strip().partition(":")
            found.setdefault(ring, {})[name] = _mark(base64.b64decode(encoded))
    return found


def _mark(key: bytes) -> str:
    """Of 32 random bytes nothing can be learned from this."""
    return hmac.digest(key, b"jineng key mark", "sha256")[:8].hex()


def seal(given: dict[str, str], passphrase: str) -> bytes:
    """The keys, sealed."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_derived(passphrase, salt)).encrypt(nonce, json.dumps(given).encode(), None)
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    told = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return json.dumps({"kdf": "scrypt", "n": N, "r": R, "p": P} | told).encode()


def unseal(sealed: bytes, passphrase: str) -> dict[str, str]:
    """The keys. Raises WrongPassphrase."""
    told = json.loads(sealed)
    salt, nonce, hidden = (base64.b64decode(told[name]) for name in ("salt", "nonce", "sealed"))
    try:
        plain = AESGCM(_derived(passphrase, salt)).decrypt(nonce, hidden, None)
    except InvalidTag:
        raise WrongPassphrase from None
    opened: dict[str, str] = json.loads(plain)
    return opened


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=N, r=R, p=P).derive(passphrase.encode())
