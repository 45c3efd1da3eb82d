"""Leak detection: search in a handout for texts that its readers must not see (C26)."""

import html
import io
import re
import sqlite3
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from geodata.personal.personal_numbers import find_personal_numbers
from sweep.publish.page.escape import TURNS
from sweep.records.withheld_texts import WithheldText

_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Cell references of sheets and path data of drawings: `B12` and `L1` are not ids there.
_NOT_WORDS = re.compile(r'\s(?:r|ref|sqref|spans|d|points|viewBox|transform)="[\w\s.,:$()+-]*"')
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CELL = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]+)')
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# Pages show U+FFFD for a character that changes the text direction, workbooks keep it, others may drop it.
_UNSEEN = dict.fromkeys((*TURNS, 0xFFFD))


@dataclass(frozen=True, slots=True)
class Leak:
    """Secret that was found in a file."""

    file: str
    secret: WithheldText


def find_leaks(files: Mapping[str, bytes], secrets: Iterable[WithheldText], known: Iterable[str] = ()) -> list[Leak]:
    """
    Return every secret that occurs in the names or contents of files, including members of archives and databases.

    Parameters
    ----------
    files
        Content of each file, by name.
    known
        Texts that the reader may know: a secret contained in one of them (such as an address shared by two towers) is
        ignored.
    """
    allowed = [_plain(text) for text in known if text]
    # Single characters occur in texts by chance.
    patterns = ((s, _pattern(s)) for s in dict.fromkeys(secrets) if len(_plain(s.text)) > 1)
    sought = [(s, pattern) for s, pattern in patterns if not any(pattern.search(text) for text in allowed)]
    leaks = []
    for name, content in files.items():
        text = _plain("\n".join([name, *texts_of(content)]))
        leaks += [Leak(name, secret) for secret, pattern in sought if pattern.search(text)]
    return leaks


def find_numbers(files: Mapping[str, bytes], known: Collection[str] = ()) -> list[Leak]:
    """
    Return identity and mobile phone numbers in files, masked; each cell, page text or string is searched separately.

    Parameters
    ----------
    known
        Texts that may be published, such as record ids: a number contained in one of them is ignored.
    """
    leaks: dict[Leak, None] = {}
    for name, content in files.items():
        for passage in (name, *_passages(name, content)):
            # Decimal figures may have as many digits.
            for number in () if _DECIMAL.fullmatch(passage) else find_personal_numbers(passage):
                written = passage[number.start : number.end]
                if not any(written in text for text in known):
                    masked = number.digits[:3] + "*" * (len(number.digits) - 3)
                    leaks[Leak(name, WithheldText(number.kind, masked))] = None
    return list(leaks)


def _passages(name: str, content: bytes) -> Iterator[str]:
    """Yield each text in a file (cell, string, text of a tag) on its own: joined, two could look like one number."""
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
    """Yield the texts of a file: of each member of an archive, each cell of a database, or of the whole file."""
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
    # Undecodable bytes still separate words, which U+FFFD would not.
    return content.decode("utf-8", "surrogateescape")


def _plain(text: str) -> str:
    """Return a text with HTML, XML and JSON escapes decoded, without invisible and direction-changing characters."""
    unescaped = html.unescape(_NOT_WORDS.sub("", text))
    return _JSON_ESCAPE.sub(lambda m: chr(int(m[1], 16)), unescaped).translate(_UNSEEN)


def _pattern(secret: WithheldText) -> re.Pattern[str]:
    text = re.escape(_plain(secret.text))
    return re.compile(rf"(?<![0-9A-Za-z]){text}(?![0-9A-Za-z])" if secret.is_id else text)
