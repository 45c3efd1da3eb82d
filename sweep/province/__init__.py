"""Provinces: counties planned side by side, with mobile teams between them."""

from typing import TYPE_CHECKING

from sweep.api.lazy_names import offer

if TYPE_CHECKING:
    from sweep.province.api import run as run

offer(__name__, {"sweep.province.api": ("run",)})
