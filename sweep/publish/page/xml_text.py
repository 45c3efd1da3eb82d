"""XML text for KML and GPX: built as elements, so that every value is escaped, and freed of signs XML cannot hold."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

# XML 1.0, production [2]: what is outside of it cannot stand in a document, not even as an entity.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """A new last child of `parent`; a sign that XML cannot hold becomes U+FFFD."""
    child = SubElement(parent, name, {key: _FORBIDDEN.sub("\ufffd", value) for key, value in attributes.items()})
    if text is not None:
        child.text = _FORBIDDEN.sub("\ufffd", text)
    return child


def document(root: Element) -> str:
    """The whole document, indented, with its declaration."""
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
