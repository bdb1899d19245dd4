#!/usr/bin/env python3
"""Makes config/models/spectra-statistics.json: how the spectra of each class vary, for the simulator to draw from.

    tools/make_spectra_statistics.py ps_avantes.csv config/models/spectra-statistics.json

A class is described by its mean and by principal components of reflectance: how objects of the class differ from
each other, and how scans of one object differ when it is placed again. The measured classes hold at least three
objects; what the data lacks (glass, metal, fibre, black items) is a documented curve with "origin": "synthetic".
"""

import json
import sys

import numpy as np

from spectra import ORIGIN, band_wavelengths, fibre_curve, read_scans, rounded

MEASURED = ["pet", "hdpe", "ldpe", "pp", "ps", "pvc", "pla", "abs", "pmma"]
LEAST_OBJECTS = 3
COMPONENT_LIMIT = 4
# A scan this dark carries more of the instrument than of the object.
LEAST_MEAN_REFLECTANCE = 0.1


def components(deviations, degrees_of_freedom):
    """The strongest directions of `deviations` (one row each) with their standard deviations."""
    _, singular, vectors = np.linalg.svd(deviations, full_matrices=False)
    found = []
    for value, vector in zip(singular[:COMPONENT_LIMIT], vectors):
        sigma = value / np.sqrt(degrees_of_freedom)
        if sigma < 1e-3:
            break
        # The sign of a singular vector is arbitrary; fixed here so that the bytes are.
        vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
        found.append({"sigma": round(float(sigma), 4), "vector": rounded(vector, 4)})
    return found


def measured_class(name, scans):
    scans = scans.where((scans.materials == name) & (scans.reflectance.mean(axis=1) >= LEAST_MEAN_REFLECTANCE))
    objects = sorted(set(scans.objects))
    if len(objects) < LEAST_OBJECTS:
        raise SystemExit(f"{name}: {len(objects)} objects are too few to be a statistic")
    means, within, groups = [], [], 0
    for key in objects:
        mine = scans.where(scans.objects == key)
        means.append(mine.reflectance.mean(axis=0))
        # Another session is another instrument setup, not another placement.
        for session in sorted(set(mine.sessions)):
            placed = mine.reflectance[mine.sessions == session]
            within.append(placed - placed.mean(axis=0))
            groups += 1
    means, within = np.array(means), np.concatenate(within)
    centre = means.mean(axis=0)
    return {
        "name": name,
        "origin": "measured",
        "objects": len(objects),
        "mean": rounded(centre, 4),
        "betweenItems": components(means - centre, len(objects) - 1),
        "withinItems": components(within, len(within) - groups),
    }


def synthetic_classes():
    """Curves for what was never measured. They say how such a thing looks in principle, and no more than that."""
    nm = band_wavelengths() / 10
    tilt = (nm - nm.mean()) / (nm[-1] - nm[0])
    flat = np.ones_like(nm)
    unit = flat / np.linalg.norm(flat)
    slope = tilt / np.linalg.norm(tilt)
    curves = [
        ("fibre", fibre_curve(), 0.08, 0.03),
        # Clear glass reflects at its two surfaces only; the rest is the dark chamber behind it.
        ("glass", 0.2 + 0.02 * tilt, 0.05, 0.01),
        ("aluminium", 0.95 + 0.02 * tilt, 0.15, 0.02),
        ("steel", 0.6 + 0.08 * tilt, 0.12, 0.02),
        # Carbon black absorbs everything: no band is left to see.
        ("dark", 0.03 + 0.004 * tilt, 0.008, 0.002),
    ]
    scale = np.sqrt(len(nm))
    for name, mean, gain, tilting in curves:
        between = [(gain * scale, unit), (tilting * scale, slope)]
        within = [(0.3 * gain * scale, unit), (0.3 * tilting * scale, slope)]
        yield {
            "name": name,
            "origin": "synthetic",
            "objects": 0,
            "mean": rounded(mean, 4),
            "betweenItems": [{"sigma": round(float(s), 4), "vector": rounded(v, 4)} for s, v in between],
            "withinItems": [{"sigma": round(float(s), 4), "vector": rounded(v, 4)} for s, v in within],
        }


def main(source, target):
    scans = read_scans(source)
    statistics = {
        "version": 1,
        "wavelengthsDecinanometres": band_wavelengths().tolist(),
        "origin": ORIGIN + "; classes marked synthetic were never measured",
        "classes": [measured_class(name, scans) for name in MEASURED] + list(synthetic_classes()),
    }
    with open(target, "w", encoding="utf-8") as file:
        json.dump(statistics, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2])
