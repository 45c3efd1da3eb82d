"""The last look before a class of reader gets its files: whether they hold what that class must not know (C26)."""

import html
import io
import re
import sqlite3
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from geodata.personal.numbers import find_personal_numbers
from sweep.publish.page.escape import TURNS
from sweep.records.secrets import Secret

_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Where a sheet's cell stands and how a line is drawn: `B12` and `L1` are no ids there, and no word can hide in them.
_NOT_WORDS = re.compile(r'\s(?:r|ref|sqref|spans|d|points|viewBox|transform)="[\w\s.,:$()+-]*"')
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CELL = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]+)')
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# Pages show U+FFFD for a sign that turns the order, workbooks keep it, and others may have left it out.
_UNSEEN = dict.fromkeys((*TURNS, 0xFFFD))


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in a file."""

    file: str
    secret: Secret


def find_leaks(files: Mapping[str, bytes], secrets: Iterable[Secret], known: Iterable[str] = ()) -> list[Leak]:
    """
    Every secret that a file holds, in its name or its content; workbooks, archives and GeoPackages are looked into.

    Parameters
    ----------
    known
        What the reader may know: a secret that is part of one of these (an address that two towers share) cannot be
        separated from it, and is passed over.
    """
    allowed = [_plain(text) for text in known if text]
    sought = [(s, _pattern(s)) for s in dict.fromkeys(secrets) if _is_sought(s, allowed)]
    leaks = []
    for name, content in files.items():
        text = _plain("\n".join([name, *texts_of(content)]))
        leaks += [Leak(name, secret) for secret, pattern in sought if pattern.search(text)]
    return leaks


def find_numbers(files: Mapping[str, bytes], known: Collection[str] = ()) -> list[Leak]:
    """
    Every identity and mobile number that a file shows, masked; a passage is one cell, text of a page or string.

    Parameters
    ----------
    known
        Ids, and texts that the scenario's whitelist allows: a number that is part of one of these is passed over.
    """
    leaks: dict[Leak, None] = {}
    for name, content in files.items():
        for passage in (name, *_passages(name, content)):
            # A column of figures has decimals with as many digits.
            for number in () if _DECIMAL.fullmatch(passage) else find_personal_numbers(passage):
                written = passage[number.start : number.end]
                if not any(written in text for text in known):
                    masked = number.digits[:3] + "*" * (len(number.digits) - 3)
                    leaks[Leak(name, Secret(number.kind, masked))] = None
    return list(leaks)


def _passages(name: str, content: bytes) -> Iterator[str]:
    """The texts of a file, each apart from its neighbours: digits of two cells are not one number."""
    for text in texts_of(content):
        if name.endswith(".csv"):
            yield from (cell for match in _CELL.findall(text) for cell in match if cell)
        elif "<" in text:
            scripts = _SCRIPT.findall(text)
            markup = _NOT_WORDS.sub("", _STYLE.sub("", _SCRIPT.sub("", text)))
            attributes = (value for tag in _TAG.findall(markup) for value in _STRING.findall(tag))
            strings = (string for script in scripts for string in _STRING.findall(script))
            yield from map(_plain, (*_TAG.split(markup), *attributes, *strings))
        elif name.endswith(".json"):
            yield from map(_plain, _STRING.findall(text))
        else:
            yield _plain(text)


def texts_of(content: bytes) -> Iterator[str]:
    """All texts of a file: of each member of an archive, each cell of a database, else the file as it stands."""
    if content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield member
                yield from texts_of(archive.read(member))
    elif content.startswith(b"SQLite format 3\0"):
        yield from _cells(content)
    else:
        yield _text(content)


def _cells(content: bytes) -> Iterator[str]:
    with sqlite3.connect(":memory:") as base:
        base.deserialize(content)
        names = [str(row[0]) for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            yield name
            quoted = name.replace('"', '""')
            for row in base.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a name that the file itself gives
                for cell in row:
                    yield _text(cell) if isinstance(cell, bytes) else str(cell)
    base.close()


def _text(content: bytes) -> str:
    # Bytes that are no text stay what parts the words beside them, as U+FFFD would not.
    return content.decode("utf-8", "surrogateescape")


def _plain(text: str) -> str:
    """Without what hides a word: escapes of HTML and XML, of JSON, and signs that turn the order of a text."""
    unescaped = html.unescape(_NOT_WORDS.sub("", text))
    return _JSON_ESCAPE.sub(lambda m: chr(int(m[1], 16)), unescaped).translate(_UNSEEN)


def _is_sought(secret: Secret, allowed: list[str]) -> bool:
    # A shorter word stands in texts by chance.
    if len(_plain(secret.text)) < 2:
        return False
    pattern = _pattern(secret)
    return not any(pattern.search(text) for text in allowed)


def _pattern(secret: Secret) -> re.Pattern[str]:
    text = re.escape(_plain(secret.text))
    return re.compile(rf"(?<![0-9A-Za-z]){text}(?![0-9A-Za-z])" if secret.is_id else text)
