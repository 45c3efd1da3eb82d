"""Campaigns: weeks and years of sweep days, planned together."""

from typing import TYPE_CHECKING

from sweep.api.lazy_names import offer

if TYPE_CHECKING:
    from sweep.campaign.api import advance as advance
    from sweep.campaign.api import check as check
    from sweep.campaign.api import plan as plan

offer(__name__, {"sweep.campaign.api": ("advance", "check", "plan")})
