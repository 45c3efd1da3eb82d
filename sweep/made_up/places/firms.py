"""Firms: building, floor, unit, and the written form of registered addresses."""

import geopandas as gpd
import numpy as np
import pandas as pd
from stdnum.cn import uscc

from geodata.array_types import Bools, Int64s
from sweep.made_up.places.invented_names import FIRM_FORMS, FIRM_SYLLABLES, INDIVIDUAL_FORMS, TRADES
from sweep.made_up.random_streams import pick, stream
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import FirmSettings

# Labels of unlucky floors in some buildings; the other floors keep their number.
SKIPPED_FLOORS = {4: "3A", 13: "12A", 14: "12B"}
# Full-width digits and letters are at 0xFEE0 above the ASCII ones.
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

ADDRESS_FORMS = (
    "{city}{district}{street}{number}号{building}{floor}层{unit}室",
    "{city}{district}{street}{number}号{building}{unit}室",
    "{district}{street}{number}号{building}{floor}楼{unit}",
    "{district}{street}{number}号{building}{unit}",
    "{street}{number}号{building}{floor}F-{unit}",
    "{city}{district}{street}{number}号{building}{unit}室(集群注册)",
    "{city} {district} {street}{number}号 {building} {floor}层 {unit}",
    "{building}{wide}室",
)
ADDRESS_SHARES = (0.34, 0.22, 0.14, 0.10, 0.08, 0.04, 0.05, 0.03)
# No I, O, S, V, Z.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB 11714: the organisation code inside has its own check character, which python-stdnum does not compute.
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def make_firms(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the register of firms, and the true location of each firm.

    The second table has the same rows, with `building_id`, `floor_label`, `unit`, `address` of every firm, including
    firms whose register entry lacks them.
    """
    plan = settings.firms
    rng = stream(settings.seed, "firms")
    homes = _rooms(plan, buildings, rng)
    n = len(homes)
    by_id = buildings.set_index("building_id")
    home = by_id.loc[homes["building_id"]]
    is_individual = rng.random(n) < plan.individual_share
    homes["address"] = _addresses(settings, homes, home, rng)
    serials = make_serials(rng, n)
    prefixes = np.where(is_individual, "92", "91")
    codes = [make_uscc(*row) for row in zip(prefixes.tolist(), home["division_code"], serials, strict=True)]
    firms = pd.DataFrame(
        {
            "uscc": codes,
            "firm_name": _names(settings.city_name.removesuffix("市"), rng, is_individual),
            "reg_address": homes["address"],
            "building_id": homes["building_id"],
            "floor_label": homes["floor_label"],
            "unit": homes["unit"],
            "credit_class": pick(rng, plan.credit_classes, n),
            "reg_status": pick(rng, plan.reg_statuses, n),
            "n_staff": _staff(plan, rng, n),
        }
    )
    firms = _with_gaps(plan, firms, home, rng)
    homes.insert(0, "uscc", firms["uscc"])
    # Ordered by code, as a register is; the order reveals nothing about places.
    order = firms["uscc"].argsort()
    return firms.iloc[order].reset_index(drop=True), homes.iloc[order].reset_index(drop=True)


def _rooms(plan: FirmSettings, buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for building_id, n_floors, n_firms in zip(
        buildings["building_id"], buildings["n_floors"], buildings["n_firms"], strict=True
    ):
        per_floor = int(np.ceil(n_firms / (1.0 - plan.vacancy) / n_floors))
        rooms = rng.choice(per_floor * n_floors, size=n_firms, replace=False)
        is_guest = rng.random(n_firms) < plan.shared_unit_share
        rooms = np.where(is_guest, rooms[rng.integers(0, n_firms, n_firms)], rooms)
        skipped = SKIPPED_FLOORS if rng.random() < 0.15 else {}
        labels = [skipped.get(k, str(k)) for k in range(1, int(n_floors) + 1)]
        floors = [labels[room // per_floor] for room in rooms]
        units = [f"{floor}{room % per_floor + 1:02d}" for floor, room in zip(floors, rooms, strict=True)]
        parts.append(pd.DataFrame({"building_id": building_id, "floor_label": floors, "unit": units}))
    return pd.concat(parts, ignore_index=True)


def _names(city: str, rng: np.random.Generator, is_individual: Bools) -> list[str]:
    """Invent firm names; each begins with `city`, which is on no map, so that no real firm has the name."""
    n = len(is_individual)
    syllables = rng.integers(0, len(FIRM_SYLLABLES), (n, 3))
    length = rng.integers(2, 4, n)
    trades, forms = rng.integers(0, len(TRADES), n), rng.integers(0, 60, n)
    names = []
    for k in range(n):
        brand = "".join(FIRM_SYLLABLES[syllable] for syllable in syllables[k, : length[k]])
        endings = INDIVIDUAL_FORMS if is_individual[k] else FIRM_FORMS
        names.append(city + brand + TRADES[trades[k]] + endings[forms[k] % len(endings)])
    return names


def _addresses(
    settings: SyntheticCitySettings, homes: pd.DataFrame, home: pd.DataFrame, rng: np.random.Generator
) -> list[str]:
    district_names = {d.code: d.name for d in settings.districts}
    forms = rng.choice(len(ADDRESS_FORMS), size=len(homes), p=np.array(ADDRESS_SHARES) / sum(ADDRESS_SHARES))
    columns = zip(
        forms,
        home["division_code"],
        home["street_name"],
        home["house_number"],
        home["building_name"],
        homes["floor_label"],
        homes["unit"],
        strict=True,
    )
    return [
        ADDRESS_FORMS[form].format(
            city=settings.city_name,
            district=district_names[code],
            street=street,
            number=number,
            building=building,
            floor=floor,
            unit=unit,
            wide=unit.translate(FULL_WIDTH),
        )
        for form, code, street, number, building, floor, unit in columns
    ]


def _staff(plan: FirmSettings, rng: np.random.Generator, n: int) -> Int64s:
    staff = np.round(plan.staff_median * np.exp(plan.staff_sigma * rng.standard_normal(n)))
    return np.clip(staff, *plan.n_staff).astype(np.int64)


def _with_gaps(plan: FirmSettings, firms: pd.DataFrame, home: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    draw = rng.random(len(firms))
    is_point = draw < plan.point_only_share
    is_name = ~is_point & (draw < plan.point_only_share + plan.name_only_share)
    no_unit = is_point | (rng.random(len(firms)) < plan.no_unit_share)
    # About 15 m of scatter around the entrance, as of a phone's position.
    lon = home["lon"].to_numpy() + rng.normal(0.0, 1.5e-4, len(firms))
    lat = home["lat"].to_numpy() + rng.normal(0.0, 1.2e-4, len(firms))
    return firms.assign(
        unit_use=None,
        reg_address=firms["reg_address"].mask(is_point),
        building_id=firms["building_id"].mask(is_point | is_name),
        floor_label=firms["floor_label"].mask(no_unit),
        unit=firms["unit"].mask(no_unit),
        lon=np.where(is_point, np.round(lon, 7), np.nan),
        lat=np.where(is_point, np.round(lat, 7), np.nan),
    )


def make_serials(rng: np.random.Generator, n: int) -> list[str]:
    """Draw `n` distinct organisation codes of the newer form: MA and six characters, without check character."""
    base = len(ALPHABET)
    numbers = rng.choice(base**6, size=n, replace=False)
    return ["MA" + "".join(ALPHABET[number // base**k % base] for k in range(6)) for number in numbers]


def make_uscc(prefix: str, division_code: str, serial: str) -> str:
    """
    Return the unified social credit code of 18 characters with both check characters.

    Parameters
    ----------
    prefix
        91 for an enterprise, 92 for an individual business.
    division_code
        Six digits.
    serial
        Organisation code without its check character, 8 characters.
    """
    total = sum(int(character, 36) * weight for character, weight in zip(serial, ORGANISATION_WEIGHTS, strict=True))
    body = prefix + division_code + serial + "0123456789X0"[(11 - total % 11) % 12]
    return body + str(uscc.calc_check_digit(body))
