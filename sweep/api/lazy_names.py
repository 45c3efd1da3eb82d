"""Lazy import of a package's public names, which a subpackage of the same name does not hide."""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType


class _Package(ModuleType):
    """Package whose public names hide its subpackages: `sweep.plan` stays the function after any import."""

    __offered__: Mapping[str, str]

    def __getattr__(self, name: str) -> object:
        if name not in self.__offered__:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = getattr(import_module(self.__offered__[name]), name)
        super().__setattr__(name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        # The import system binds each subpackage to its parent.
        if not (isinstance(value, ModuleType) and name in self.__offered__):
            super().__setattr__(name, value)

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *self.__offered__})


def offer(package: str, names: Mapping[str, Iterable[str]]) -> None:
    """
    Offer names as attributes of a package; their modules are imported at the first use of a name.

    Parameters
    ----------
    package
        The package, which is being imported.
    names
        Public names by the module that defines them.
    """
    module = sys.modules[package]
    offered = {name: source for source, several in names.items() for name in several}
    vars(module).update(__offered__=offered, __all__=sorted(offered))
    module.__class__ = _Package
