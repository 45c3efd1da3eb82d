"""Decryption of an encrypted order, as in the browser."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sweep.publish.orders.encrypted_order import Sealed, _key


def unseal(sealed: Sealed, passphrase: str) -> str:
    """
    Return the text, with its trailing spaces.

    Raises
    ------
    ValueError
        If the passphrase is wrong, or the file was changed; the two cannot be distinguished.
    """
    cipher = AESGCM(_key(passphrase, sealed.salt, sealed.iterations))
    try:
        return cipher.decrypt(sealed.nonce, sealed.ciphertext, sealed.bound_to.encode("utf-8")).decode("utf-8")
    except InvalidTag as error:
        raise ValueError("wrong passphrase, or the file was changed") from error
