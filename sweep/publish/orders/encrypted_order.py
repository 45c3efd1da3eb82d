"""Encryption of orders with a passphrase (PBKDF2, AES-256-GCM), which a browser decrypts offline."""

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
"""Iterations of PBKDF2-HMAC-SHA256, OWASP's minimum (WebCrypto lacks scrypt); about 1 s on a phone."""
MIN_CHARACTERS = 12
# Plaintexts are padded to whole blocks, and all orders of a plan to the longest, so that no length reveals the number
# of stops.
_BLOCK_BYTES = 32_768
# Without characters that look alike; five bits each.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

type Chance = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted text with the data that, together with the passphrase, decrypt it."""

    salt: bytes
    """Random bytes from which, with the passphrase, the key is derived, by `iterations` rounds of PBKDF2."""
    nonce: bytes
    """Random bytes of this encryption, for AES-GCM."""
    iterations: int
    bound_to: str
    """Associated data, readable but authenticated: names the order and its plan."""
    ciphertext: bytes
    """Ciphertext, ending with the 16-byte authentication tag."""

    def for_page(self) -> dict[str, str | int]:
        """Return the fields as JSON values for the page, bytes in base64."""
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
    Encrypt a text with a passphrase.

    Parameters
    ----------
    bound_to
        Associated data; decryption fails with any other value.
    chance
        Function that returns n random bytes.
    least_bytes
        Size in bytes to which a shorter text is padded, so that lengths of orders reveal nothing.
    salt
        Salt of an earlier encryption with the same passphrase, so that both have the same key; None: random.

    Raises
    ------
    ValueError
        If the passphrase is too short.
    """
    if len(plain_passphrase(passphrase)) < MIN_CHARACTERS:
        raise ValueError(f"a passphrase must have at least {MIN_CHARACTERS} characters")
    salt, nonce = salt or chance(16), chance(12)
    content = text.encode("utf-8")
    n_bytes = max(len(content), least_bytes)
    content = content.ljust(n_bytes + -n_bytes % _BLOCK_BYTES, b" ")
    cipher = AESGCM(_key(passphrase, salt, ITERATIONS))
    return Sealed(salt, nonce, ITERATIONS, bound_to, cipher.encrypt(nonce, content, bound_to.encode("utf-8")))


def new_passphrase(chance: Chance = os.urandom) -> str:
    """Return a random passphrase of four groups of five characters (100 bits); `chance` returns n random bytes."""
    characters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in chance(4 * 5))
    return "-".join(characters[k : k + 5] for k in range(0, len(characters), 5))


def plain_passphrase(passphrase: str) -> str:
    """Return the passphrase from which the key is derived: NFKC-normalised (full-width characters) and stripped."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _key(passphrase: str, salt: bytes, iterations: int) -> bytes:
    kdf = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=iterations)
    return kdf.derive(plain_passphrase(passphrase).encode("utf-8"))


# Runs of adjacent characters on a keyboard, and in the alphabet.
_RUNS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_FOLLOWS = {pair for run in _RUNS for a, b in pairwise(run) for pair in ((a, b), (b, a))}


def n_own_characters(passphrase: str) -> int:
    """
    Return the number of characters of a passphrase that are hard to guess, by which its strength is judged.

    A character does not count if it equals one of the three before it or continues a keyboard run. Of a text that only
    repeats one part, that part alone counts.
    """
    text = _unrepeated(plain_passphrase(passphrase).lower())
    # A character that occurred within the last three is a repeat.
    return sum(
        character not in text[max(0, k - 3) : k] and (text[k - 1 : k], character) not in _FOLLOWS
        for k, character in enumerate(text)
    )


def _unrepeated(text: str) -> str:
    """Return the shortest prefix whose repetition gives the whole text, such as `ab` for `ababab`."""
    n = (text + text).find(text, 1)
    return text[:n] if 0 < n < len(text) else text
