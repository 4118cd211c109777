"""The head of a ledger, signed (Ed25519): kept elsewhere, it shows a cut tail and a chain computed anew."""

from __future__ import annotations

import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policy_engine.errors import LedgerError, problem
from policy_engine.model.canonical import canonical
from policy_engine.record.ledger import Head, utc

__all__ = ["SignedHead", "new_key", "open_head", "sign_head"]

FORM = 1


class SignedHead(BaseModel):
    """Where a ledger ended at a moment, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: int = FORM
    ledger: str = Field(description="hash of the first entry, which tells the ledger from every other")
    seq: int
    hash: str
    signed_at: str
    signature: str = Field(description="Ed25519 over the canonical JSON of the rest, in hexadecimal")

    def message(self) -> bytes:
        return canonical(self.model_dump(exclude={"signature"}))


def new_key(password: str = "") -> tuple[bytes, bytes]:
    """A private key (PEM, encrypted where a password is given) and its public key."""
    private = Ed25519PrivateKey.generate()
    how = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how), public


def sign_head(head: Head, private: bytes, signed_at: datetime.datetime, password: str = "") -> SignedHead:
    """The head with a signature; raises `LedgerError` where the key cannot be used."""
    try:
        key = load_pem_private_key(private, password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LedgerError([problem("ledger.bad_key", why=error)]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerError([problem("ledger.bad_key", why=type(key).__name__)])
    signed = SignedHead(ledger=head.ledger, seq=head.seq, hash=head.hash, signed_at=utc(signed_at), signature="")
    return signed.model_copy(update={"signature": key.sign(signed.message()).hex()})


def open_head(text: str, public: bytes) -> Head:
    """The head in a signed file, if this key signed it; else raises `LedgerError`."""
    try:
        key = load_pem_public_key(public)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise LedgerError([problem("ledger.bad_key", why=error)]) from None
    if not isinstance(key, Ed25519PublicKey):
        raise LedgerError([problem("ledger.bad_key", why=type(key).__name__)])
    try:
        signed = SignedHead.model_validate_json(text)
        key.verify(bytes.fromhex(signed.signature), signed.message())
    except (ValidationError, ValueError):
        raise LedgerError([problem("ledger.no_head")]) from None
    except InvalidSignature:
        raise LedgerError([problem("ledger.bad_signature")]) from None
    return Head(signed.ledger, signed.seq, signed.hash)
