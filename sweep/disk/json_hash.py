"""Hash of the content of a JSON file: the same for any order of keys, white space and spelling of a number."""

from __future__ import annotations

import hashlib
import json


def json_sha256(content: bytes) -> str:
    """
    SHA-256 of the content of a JSON file; of its bytes if it cannot be read as JSON.

    Of a key that is stated twice the last value counts, as for every reader of this program.
    """
    try:
        value = json.loads(content)
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(text.encode()).hexdigest()
