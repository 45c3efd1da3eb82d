"""Files of a new campaign."""

from datetime import date, timedelta
from pathlib import Path

from geodata.message_catalogue import Texts
from sweep.campaign.campaign_settings import FILE_NAME, DutyLimits
from sweep.campaign.model.duty_roster import COLUMNS

FILES = (FILE_NAME, DutyLimits().file)


def write_campaign(folder: Path, name: str, first: date, draw_seed: str, texts: Texts) -> None:
    """Write campaign.toml for three years from the day `first` on, and an empty duty table, to an existing folder."""
    # 三年攻坚战: campaigns of three years.
    last = date(first.year + 3, first.month, min(first.day, 28)) - timedelta(days=1)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    content = texts("campaign.template", name=name, draw_seed=draw_seed, **days)
    campaign, duty = (folder / name for name in FILES)
    campaign.write_text(content, encoding="utf-8")
    duty.write_text(",".join(COLUMNS) + "\n", encoding="utf-8-sig")
