"""Scripts of `.ci`, whose folder is no package."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.paths import ROOT

SCRIPTS = ROOT / ".ci"
DEPLOY = ROOT / "deploy"


def script(name: str) -> ModuleType:
    """Return the module of a script."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
