"""A sealed order opened again, as the browser does it."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sweep.publish.orders.encrypted_order import Sealed, _key


def unseal(sealed: Sealed, passphrase: str) -> str:
    """
    The text, with the spaces at its end.

    Raises
    ------
    ValueError
        If the passphrase is wrong, or anything was changed: nobody can tell which.
    """
    cipher = AESGCM(_key(passphrase, sealed.salt, sealed.iterations))
    try:
        return cipher.decrypt(sealed.nonce, sealed.ciphertext, sealed.bound_to.encode("utf-8")).decode("utf-8")
    except InvalidTag as error:
        raise ValueError("wrong passphrase, or the file was changed") from error
