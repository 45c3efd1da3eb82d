"""Reader of a province: its settings with their counties; all errors are reported together."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import ValidationError

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from sweep.province.province_settings import FILE_NAME, MOST_COUNTIES, CitySettings, CountyLimits, ProvinceSettings
from sweep.province.records import County, Link, MobileTeam, Site
from sweep.scenario.load_scenario import file_at, read_toml, toml_issues
from sweep.scenario.scenario import NAME


@dataclass(frozen=True, slots=True)
class Province:
    """Province with valid settings, and its counties."""

    settings: ProvinceSettings
    counties: tuple[County, ...]
    """Counties in the order of the file, or by name for a pattern."""
    links: tuple[Link, ...]

    @property
    def mobile(self) -> MobileTeam:
        """Return the numbers of officers, women and inspectors in each mobile team of the province."""
        set_ = self.settings.mobile
        return MobileTeam(set_.officers, set_.women, set_.inspectors)

    def place(self, county: County) -> Path:
        """Return the folder of a county's scenario."""
        return self.settings.folder / county.folder

    def sites_of(self, county_id: str) -> tuple[str, ...]:
        """Return the ids of the buildings of a county that are sites of linked actions."""
        return tuple(sorted({s.building_id for link in self.links for s in link.sites if s.county_id == county_id}))


def is_province(path: Path) -> bool:
    """Return whether a folder, or a name among the scenarios, is a province."""
    file = file_at(path, FILE_NAME)
    return file.name == FILE_NAME and file.is_file()


def load_province(path: Path, texts: Texts) -> Province:
    """Read the province of a folder; InputError S101-S105 for province.toml, and errors of `with_counties`."""
    file = file_at(path, FILE_NAME)
    tree = read_toml(file, texts)
    if tree.pop("folder", None) is not None:
        raise InputError([Issue("S103", "folder", {"nearest": ""})])
    try:
        settings = ProvinceSettings.model_validate(tree)
    except ValidationError as error:
        raise InputError(toml_issues(error, texts, ProvinceSettings, FILE_NAME)) from error
    folder = file.parent.resolve()
    settings = settings.model_copy(update={"folder": folder})
    given = settings.counties
    return with_counties(
        settings, _matching_folders(folder, given) if isinstance(given, str) else [folder / g for g in given]
    )


def _matching_folders(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(p for p in folder.glob(pattern) if p.is_dir())
    except (NotImplementedError, ValueError):
        # An absolute pattern, or one that `glob` rejects.
        return []


def with_limits(province: Province, limits: Mapping[str, object], lang: str | None, texts: Texts) -> Province:
    """
    Return the province with other limits of the search and another language, for one run.

    Parameters
    ----------
    limits
        Limits by key of [limits]; None keeps the value of province.toml.
    lang
        Language; None keeps that of province.toml.

    Raises
    ------
    InputError
        S104 for an invalid value.
    """
    settings = province.settings
    given = {**settings.limits.model_dump(), **{key: value for key, value in limits.items() if value is not None}}
    try:
        changed = CountyLimits.model_validate(given)
    except ValidationError as error:
        raise InputError(toml_issues(error, texts, CountyLimits, FILE_NAME)) from error
    update = {"limits": changed, "lang": lang or settings.lang}
    return replace(province, settings=settings.model_copy(update=update))


def with_counties(settings: ProvinceSettings, folders: Sequence[Path]) -> Province:
    """
    Return the province of these settings, with the counties in these folders.

    Raises
    ------
    InputError
        S952 for a repeated county, S953 for a missing folder, S954 for a city without counties, S955 for a county in
        no city, S956 for one in two cities, S957 for an invalid link, S958 without counties or for a bad name, S959 for
        market-regulation officers in mobile teams without an assistance letter.
    """
    ids = [f.name for f in folders]
    issues = [*_folder_issues(folders, settings), *_city_issues(ids, settings.cities), *_link_issues(ids, settings)]
    if settings.mobile.inspectors and not settings.mobile.assist_letter:
        issues.append(Issue("S959", "mobile.inspectors", {"n": settings.mobile.inspectors}))
    if issues:
        raise InputError(issues)
    city_of = {i: city.id for city in settings.cities for i in ids if _is_in(i, city)}
    counties = tuple(
        County(f.name, Path(f).relative_to(settings.folder, walk_up=True).as_posix(), city_of[f.name]) for f in folders
    )
    links = tuple(
        Link(link.id, tuple(Site(s.county, s.building) for s in link.sites), link.tolerance_s)
        for link in settings.links
    )
    return Province(settings, counties, links)


def _folder_issues(folders: Sequence[Path], settings: ProvinceSettings) -> Iterator[Issue]:
    if not folders or len(folders) > MOST_COUNTIES:
        yield Issue("S958", "counties", {"got": str(settings.counties)[:80], "n": len(folders), "most": MOST_COUNTIES})
    for name, n in Counter(f.name for f in folders).items():
        if n > 1:
            yield Issue("S952", f"counties {name}", {"n": n})
        if not re.fullmatch(NAME, name):
            yield Issue("S106", f"counties {name}")
    for folder in dict.fromkeys(folders):
        if not folder.is_dir():
            yield Issue("S953", f"counties {folder.name}", {"folder": str(folder)})


def _city_issues(ids: Sequence[str], cities: Sequence[CitySettings]) -> Iterator[Issue]:
    for city_id, n in Counter(c.id for c in cities).items():
        if n > 1:
            yield Issue("S956", f"cities {city_id}", {"cities": (city_id, city_id)})
    for city in cities:
        if not any(_is_in(i, city) for i in ids):
            yield Issue("S954", f"cities {city.id}", {"got": ", ".join(city.counties)[:80]})
    for county_id in dict.fromkeys(ids):
        own = tuple(city.id for city in cities if _is_in(county_id, city))
        if not own:
            yield Issue("S955", f"counties {county_id}")
        elif len(set(own)) > 1:
            yield Issue("S956", f"counties {county_id}", {"cities": own})


def _link_issues(ids: Sequence[str], settings: ProvinceSettings) -> Iterator[Issue]:
    seen: set[str] = set()
    linked: set[str] = set()
    for link in settings.links:
        at = [s.county for s in link.sites]
        sites = [f"{s.county} {s.building}" for s in link.sites]
        wrong = [c for c in at if c not in ids] or [c for c, n in Counter(at).items() if n > 1]
        # Each action has its own window, so a building may be in one action only.
        wrong += [s for s in sites if s in linked]
        if wrong or link.id in seen:
            yield Issue("S957", f"links {link.id}", {"county": wrong[0] if wrong else link.id})
        seen.add(link.id)
        linked.update(sites)


def _is_in(county_id: str, city: CitySettings) -> bool:
    return any(fnmatchcase(county_id, pattern) for pattern in city.counties)
