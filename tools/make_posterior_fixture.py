#!/usr/bin/env python3
"""Makes the fixture by which the station's reading of the spectral model is compared with numpy's.

    tools/make_posterior_fixture.py config/models/spectrometer-128.json config/models/spectra-statistics.json \\
        Tests/MaterialModelTests/Fixtures/posteriors.json

The spectra are made of the statistics' means and components: none of them was measured.
"""

import json
import sys

import numpy as np

from spectral_model import Model, features, posteriors, structure

WHITE, DARK = 21000, 1000


def reading(stored, reflectance, distances):
    """What the station calls such a spectrum."""
    if structure(reflectance, stored["derivativeWindow"])[0] < stored["leastStructure"]:
        return "flat"
    if distances.min() <= stored["noveltyDistance"]:
        return "familiar"
    shape = features(reflectance, stored["derivativeWindow"])[0]
    curve = stored["assumedFibre"]
    if shape @ np.array(curve["mean"]) / len(shape) >= curve["leastCorrelation"]:
        return "resemblingFibre"
    return "strange"


def main(model_path, statistics_path, target):
    with open(model_path, encoding="utf-8") as file:
        stored = json.load(file)
    with open(statistics_path, encoding="utf-8") as file:
        statistics = {entry["name"]: entry for entry in json.load(file)["classes"]}
    model = Model(
        np.array([entry["mean"] for entry in stored["classes"]]),
        np.array([axis["direction"] for axis in stored["axes"]]),
        np.array([axis["variance"] for axis in stored["axes"]]),
        stored["residualVariance"],
    )
    mean = {name: np.array(entry["mean"]) for name, entry in statistics.items()}
    shape = lambda name, index: np.array(statistics[name]["betweenItems"][index]["vector"])
    curves = {
        "pet": mean["pet"], "hdpe": mean["hdpe"], "pp": mean["pp"], "ps": mean["ps"],
        "dim pp": 0.3 * mean["pp"], "odd pp": mean["pp"] + 0.6 * shape("pp", 1),
        "half hdpe, half pp": (mean["hdpe"] + mean["pp"]) / 2, "ldpe": mean["ldpe"], "abs": mean["abs"],
        "pmma": mean["pmma"], "fibre": mean["fibre"],
        "glass": mean["glass"], "printed fibre": 0.5 * mean["fibre"] + 0.1 * mean["pp"],
    }
    cases = []
    for name, curve in curves.items():
        raw = np.rint(DARK + curve * (WHITE - DARK)).astype(int)
        reflectance = (raw[None, :] - DARK) / (WHITE - DARK)
        distances = model.distances(features(reflectance, stored["derivativeWindow"]))
        found = posteriors(distances, **stored["calibration"])[0]
        cases.append({
            "name": name, "raw": raw.tolist(),
            "reading": reading(stored, reflectance, distances),
            "probabilities": np.round(found, 6).tolist(),
        })
    text = json.dumps({
        "wavelengthsDecinanometres": stored["wavelengthsDecinanometres"], "white": WHITE, "dark": DARK, "cases": cases,
    }, separators=(",", ":"))
    with open(target, "w", encoding="utf-8") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
