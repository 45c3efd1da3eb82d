"""The public names of `sweep`: docs/api.md from their docstrings, and their signatures, which a test holds."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import sweep
from docs.tools.markdown import code

_SECTION = re.compile(r"^(\w+)\n-+\n", re.MULTILINE)


def public_names() -> list[tuple[str, object]]:
    """Each public name but the version, with what it names, in alphabetical order."""
    return [(name, getattr(sweep, name)) for name in sorted(sweep.__all__) if name != "__version__"]


def signature_lines() -> list[str]:
    """Signatures of all public functions, classes and their public members, one a line."""
    lines = ["__version__: str"]
    for name, thing in public_names():
        lines.append(_signature(name, thing))
        lines += [signature for signature, _ in _members(name, thing)]
    return lines


def api_reference() -> str:
    """The reference of the public names in Markdown."""
    parts = []
    for name, thing in public_names():
        parts += [f"## {code('sweep.' + name)}", f"```python\n{_signature(name, thing)}\n```", _markdown(thing)]
        for signature, member in _members(name, thing):
            parts += [f"### {code(signature.partition('(')[0].partition(':')[0])}", f"```python\n{signature}\n```"]
            parts.append(_markdown(member))
    return "\n\n".join(part for part in parts if part)


def _members(name: str, thing: object) -> Iterator[tuple[str, object]]:
    """Signature and docstring holder of each public member that a class defines itself."""
    if not inspect.isclass(thing):
        return
    for key, member in sorted(vars(thing).items()):
        if key.startswith("_") or not inspect.getdoc(member) or key in getattr(thing, "__dataclass_fields__", ()):
            continue
        function = member.__func__ if isinstance(member, classmethod) else member
        if inspect.isfunction(function):
            yield _signature(f"{name}.{key}", function), function
        elif isinstance(member, property) and member.fget is not None:
            yield f"{name}.{key}: {inspect.signature(member.fget).return_annotation}", member


def _signature(name: str, thing: object) -> str:
    # An annotation that is a string is shown without its quotes, a default with them.
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", f"{name}{inspect.signature(thing)}") if callable(thing) else name


def _markdown(thing: object) -> str:
    """A docstring of numpydoc as Markdown: a list for each section."""
    text, *sections = _SECTION.split(inspect.getdoc(thing) or "")
    parts = [text.strip()]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        parts.append(f"**{title}**")
        parts.append("\n".join(_items(body)))
    return "\n\n".join(parts)


def _items(body: str) -> Iterator[str]:
    for entry in re.split(r"\n(?=\S)", body.strip()):
        head, _, text = entry.partition("\n")
        yield f"- {code(head)}: {' '.join(text.split())}"
