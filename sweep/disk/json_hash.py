"""Canonical hash of a JSON file: independent of key order, white space and number notation."""

import hashlib
import json


def json_sha256(content: bytes) -> str:
    """SHA-256 of the canonical content of a JSON file; of the bytes if it is not JSON."""
    try:
        value = json.loads(content)
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(text.encode()).hexdigest()
