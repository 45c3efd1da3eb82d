"""
Fit of the role of a named building in a sentence (`geodata.match.address_wording.place_role`), and its validation.

`uv run python -m tests.benchmarks.places.place_roles [--write]`. Texts: those of `writers` and of `texts/*.txt`, with
the same slots, about two buildings of each ground; and addresses of Jinan's registry, which all have an answer. The
threshold loses `LOSS` of the answerable texts, of which many name no floor, when their writers are left out of the fit,
an eighth of them at a time.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import geopandas as gpd
import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from scipy.special import expit

from geodata.match.address_wording import place_role
from geodata.match.address_wording.place_role import role_features
from geodata.match.gazetteer import Gazetteer
from geodata.match.named_places import known_names, text_around
from tests.benchmarks.places.four_writers import jinan_table, xuhui_table
from tests.benchmarks.places.registry_labels import read_registry
from tests.benchmarks.places.writers import WRITERS, texts_of

TEXTS = Path(__file__).parent / "texts"
WEIGHTS = Path(place_role.__file__).with_name("place_role_weights.txt")
LOSS = 0.015
FOLDS = 8
L2 = 2.0
# Features of fewer writers are words of one text, and smaller weights hardly count.
MIN_WRITERS = 2
MIN_WEIGHT = 0.1

type Sample = tuple[str, frozenset[str], bool]
"""Writer, features, and whether the text has no answer."""


def all_texts() -> dict[str, list[tuple[str, bool]]]:
    """Texts with their slots by writer, and whether they have an answer."""
    texts = {writer: texts_of(writer) for writer in WRITERS}
    for path in sorted(TEXTS.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        texts[path.stem] = [(line.removeprefix("-"), not line.startswith("-")) for line in lines]
    return texts


def samples() -> list[Sample]:
    """Distinct contexts of the building that each text is about."""
    found: dict[Sample, None] = {}
    for table in (xuhui_table(), jinan_table()):
        gazetteer = Gazetteer(table)
        chance = np.random.default_rng([58, len(table)])
        for writer, texts in all_texts().items():
            for text, is_answerable in texts * 2:
                full, building_id = _filled(text, table, chance)
                for features in _contexts(full, building_id, gazetteer):
                    found[writer, features, not is_answerable] = None
    registry = read_registry()
    gazetteer = Gazetteer(jinan_table())
    for k, full in enumerate(registry.loc[registry["地区"].eq("济南"), "注册地址"]):
        for features in _contexts(full, None, gazetteer):
            found[f"registry {k % 4}", features, False] = None
    return list(found)


def _filled(text: str, table: gpd.GeoDataFrame, chance: np.random.Generator) -> tuple[str, str]:
    own, other = (table.iloc[at] for at in chance.choice(len(table), 2, replace=False))
    floor = int(chance.integers(2, 25))
    slots = {"f": floor, "r": f"{floor}{int(chance.integers(1, 20)):02}", "d": int(chance.integers(1, 29))}
    slots |= {"n": own["building_name"], "a": own["address"], "o": other["building_name"], "b": other["address"]}
    return text.format(**slots), own["building_id"]


def _contexts(full: str, building_id: str | None, gazetteer: Gazetteer) -> list[frozenset[str]]:
    key, named = known_names(full, "", gazetteer)
    own = [one for one in named if building_id is None or building_id in gazetteer.ids(one.name)]
    return [frozenset(role_features(*text_around(one, key, named))) for one in own]


def fit(rows: Collection[Sample]) -> dict[str, float]:
    """Log-odds by feature of ridge regression; `threshold` is minus the intercept."""
    writers = defaultdict(set)
    for writer, features, _ in rows:
        for feature in features:
            writers[feature].add(writer)
    names = sorted(feature for feature, of in writers.items() if len(of) >= MIN_WRITERS)
    at = {name: k for k, name in enumerate(names)}
    cells = [(k, at[f]) for k, (_, features, _) in enumerate(rows) for f in features if f in at]
    x = sp.csr_matrix((np.ones(len(cells)), np.array(cells).T), shape=(len(rows), len(names)))
    sign = np.array([1.0 if is_open else -1.0 for _, _, is_open in rows])

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        z = sign * (x @ theta[:-1] + theta[-1])
        slope = -sign * expit(-z)
        value = np.logaddexp(0, -z).sum() + 0.5 * L2 * theta[:-1] @ theta[:-1]
        return value, np.r_[x.T @ slope + L2 * theta[:-1], slope.sum()]

    theta = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    kept = {name: round(w, 1) for name, w in zip(names, theta[:-1], strict=True) if abs(w) >= MIN_WEIGHT}
    return kept | {"threshold": -float(theta[-1])}


def scores(weights: dict[str, float], rows: Collection[Sample]) -> np.ndarray:
    """Log-odds that a context has no answer, shape (n,)."""
    return np.array([sum(weights.get(f, 0.0) for f in features) for _, features, _ in rows]) - weights["threshold"]


def main() -> None:
    rows = samples()
    writers = sorted({writer for writer, _, _ in rows})
    score, is_open = np.zeros(len(rows)), np.array([row[2] for row in rows])
    for k in range(FOLDS):
        held = set(writers[k::FOLDS])
        is_held = np.array([row[0] in held for row in rows])
        weights = fit([row for row in rows if row[0] not in held])
        score[is_held] = scores(weights, [row for row in rows if row[0] in held])
    is_text = np.array([not row[0].startswith("registry") for row in rows])
    least = float(np.quantile(score[~is_open & is_text], 1 - LOSS))
    for name, which in (("texts", ~is_open & is_text), ("addresses", ~is_text), ("without an answer", is_open)):
        print(f"above {least:.2f}: {np.mean(score[which] > least):.1%} of {which.sum()} {name}")
    weights = fit(rows)
    weights["threshold"] += least
    print(len(rows), "contexts,", len(weights), "weights")
    if "--write" in sys.argv:
        by_weight = defaultdict(list)
        for name, weight in sorted(weights.items()):
            by_weight[round(10 * weight)].append(name)
        lines = [" ".join((str(weight), *names)) for weight, names in sorted(by_weight.items())]
        WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
