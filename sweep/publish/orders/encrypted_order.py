"""Orders under a passphrase: AES-256-GCM, the key by PBKDF2, so that a browser opens them by itself with no network."""

import base64
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

ITERATIONS = 600_000
"""OWASP's least for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet); a second on a phone. WebCrypto has no scrypt."""
MIN_SIGNS = 12
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
# What is sealed is filled up to whole blocks, and all orders of a plan to those of the longest, so that no length tells
# how many stops there are, or whether there is one.
_BLOCK_BYTES = 32_768
# Without signs that look alike; five bits each.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP_SIGNS = 4, 5

type Chance = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a page needs, besides the passphrase, to open a text."""

    salt: bytes
    nonce: bytes
    iterations: int
    bound_to: str
    """Is not hidden but cannot be changed: which order of which plan this is."""
    ciphertext: bytes
    """With the tag of 16 bytes at its end."""

    def for_page(self) -> dict[str, str | int]:
        """As plain values, bytes in base64."""
        parts = {"salt": self.salt, "nonce": self.nonce, "ciphertext": self.ciphertext}
        fields = {name: base64.b64encode(part).decode("ascii") for name, part in parts.items()}
        return {**fields, "iterations": self.iterations, "bound_to": self.bound_to}


def seal(
    text: str,
    passphrase: str,
    bound_to: str,
    chance: Chance = os.urandom,
    least_bytes: int = 0,
    salt: bytes | None = None,
) -> Sealed:
    """
    Encrypt a text.

    Parameters
    ----------
    bound_to
        Opening fails if it is another.
    chance
        Gives so many random bytes.
    least_bytes
        Of the longest text of its kind: what is shorter is filled up to the same blocks.
    salt
        That of an earlier seal under the same passphrase, whose key then opens both; None: by chance.

    Raises
    ------
    ValueError
        If the passphrase is too short.
    """
    if len(plain_passphrase(passphrase)) < MIN_SIGNS:
        raise ValueError(f"a passphrase must have at least {MIN_SIGNS} signs")
    salt, nonce = salt or chance(_SALT_BYTES), chance(_NONCE_BYTES)
    content = text.encode("utf-8")
    n_bytes = max(len(content), least_bytes)
    content = content.ljust(n_bytes + -n_bytes % _BLOCK_BYTES, b" ")
    cipher = AESGCM(_key(passphrase, salt, ITERATIONS))
    return Sealed(salt, nonce, ITERATIONS, bound_to, cipher.encrypt(nonce, content, bound_to.encode("utf-8")))


def new_passphrase(chance: Chance = os.urandom) -> str:
    """Four groups of five signs, a hundred bits: to be read out and typed."""
    signs = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in chance(_GROUPS * _GROUP_SIGNS))
    return "-".join(signs[k : k + _GROUP_SIGNS] for k in range(0, len(signs), _GROUP_SIGNS))


def plain_passphrase(passphrase: str) -> str:
    """As it goes into the key: a full-width sign of a Chinese keyboard is the plain one, blanks about it are none."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _key(passphrase: str, salt: bytes, iterations: int) -> bytes:
    kdf = PBKDF2HMAC(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, iterations=iterations)
    return kdf.derive(plain_passphrase(passphrase).encode("utf-8"))


# Signs beside each other on a keyboard, and in the alphabet.
_RUNS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_FOLLOWS = {pair for run in _RUNS for a, b in pairwise(run) for pair in ((a, b), (b, a))}


def n_own_signs(passphrase: str) -> int:
    """The signs of a passphrase that neither repeat one of the three before, nor follow the one before in a run."""
    text = _unrepeated(plain_passphrase(passphrase).lower())
    # A sign that stood so shortly before is a repeat.
    return sum(
        sign not in text[max(0, k - 3) : k] and (text[k - 1 : k], sign) not in _FOLLOWS for k, sign in enumerate(text)
    )


def _unrepeated(text: str) -> str:
    """The shortest beginning that the whole text is a repetition of."""
    n = (text + text).find(text, 1)
    return text[:n] if 0 < n < len(text) else text
