"""What the libraries that read files raise over their content, as faults of the files."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from geodata.errors import InputError, Issue

_MOST_SIGNS = 200
# A place before the file's beginning or beyond any file's end, which only its own content can have named.
_OF_THE_FILE = (errno.EINVAL, errno.EOVERFLOW)


@contextmanager
def as_fault(code: str, file: str, value: str) -> Iterator[None]:
    """
    Turn whatever a library stumbles over in a file into a fault of the file.

    No list of kinds would be whole: a reader of thirty formats raises what its parts raise. What the disk refuses, with
    a number of its own, is no fault of the file and goes on.

    Parameters
    ----------
    value
        Name of the value of the fault that holds what the library said.

    Raises
    ------
    InputError
        The fault.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno and error.errno not in _OF_THE_FILE:
            raise
        said = (str(error) or type(error).__name__)[:_MOST_SIGNS]
        raise InputError([Issue(code, file, {value: said})]) from error
