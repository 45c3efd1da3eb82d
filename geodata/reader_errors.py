"""Conversion of exceptions from file-reading libraries to input errors."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from geodata.errors import InputError, Issue

_MAX_CHARACTERS = 200
# Seek before the start or beyond any file's end, which only a corrupt file can cause.
_CONTENT_ERRNOS = (errno.EINVAL, errno.EOVERFLOW)


@contextmanager
def as_input_error(code: str, file: str, value: str) -> Iterator[None]:
    """
    Raise an InputError in place of any exception that a library raises in the block because of a file's content.

    Readers of thirty formats raise exceptions of many classes, so all are caught. Operating-system errors with an error
    number are not about the content and pass through.

    Parameters
    ----------
    code, file
        Code and location of the issue.
    value
        Key of the issue's value that holds the library's message.

    Raises
    ------
    InputError
        The converted exception, with issue `code`.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno and error.errno not in _CONTENT_ERRNOS:
            raise
        message = (str(error) or type(error).__name__)[:_MAX_CHARACTERS]
        raise InputError([Issue(code, file, {value: message})]) from error
