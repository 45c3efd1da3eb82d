"""Hash of the content of a JSON file: the same for any order of keys, white space and spelling of a number."""

import hashlib
import json


def json_sha256(content: bytes) -> str:
    """SHA-256 of the content of a JSON file, the last of equal keys counting; of its bytes if it is not JSON."""
    try:
        value = json.loads(content)
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(text.encode()).hexdigest()
