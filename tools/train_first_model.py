#!/usr/bin/env python3
"""Trains config/models/spectrometer-128.json from measured spectra.

    tools/train_first_model.py ps_avantes.csv config/models/spectrometer-128.json

All figures in the file's evaluation leave whole objects out: no scan of the object that is judged was trained on.
The two calibration numbers and the novelty distance are chosen on those same left-out results, three numbers in all.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize_scalar

from spectra import ORIGIN, band_wavelengths, fibre_curve, read_scans, rounded
from spectral_model import Model, features, object_weights, posteriors, structure

CLASSES = ["pet", "hdpe", "pp", "ps"]
WINDOW = 5
AXES = 12
# Scans darker than this are called unreadable by the station and therefore neither trained on nor judged.
LEAST_REFLECTANCE = 0.1
# Share of known items that count as familiar. A greater share lets more strangers pass: see the evaluation.
FAMILIAR_SHARE = 0.92
DECIDING_PROBABILITY = 0.9
EXPONENT_LIMIT = 16
# A strange spectrum counts as fibre if it correlates with the assumed curve at least this much.
LEAST_CORRELATION = 0.8


def left_out_distances(spectra, labels, objects, known):
    """Distances of every scan to the classes, from a model that never saw its object."""
    distances = np.zeros((len(spectra), len(CLASSES)))
    for key in sorted(set(objects)):
        mine = objects == key
        rest = known & ~mine
        model = Model.fit(spectra[rest], labels[rest], objects[rest], len(CLASSES), AXES)
        distances[mine] = model.distances(spectra[mine])
    return distances


def calibrate(distances, labels, weights):
    """Exponent and offset of the heavy-tailed likelihood with the least log loss on left-out objects.

    The exponent is a whole number: the station then needs multiplications only, alike on every machine.
    """

    def loss(exponent, log_offset):
        chosen = posteriors(distances, exponent, np.exp(log_offset))[np.arange(len(labels)), labels]
        return -(weights * np.log(chosen + 1e-9)).sum()

    tried = []
    for exponent in range(1, EXPONENT_LIMIT + 1):
        found = minimize_scalar(lambda x: loss(exponent, x), bounds=(0, 9), method="bounded")
        tried.append((found.fun, exponent, round(float(np.exp(found.x)), 1)))
    return min(tried)[1:]


def weighted_quantile(values, weights, share):
    order = np.argsort(values)
    return values[order][np.searchsorted(np.cumsum(weights[order]), share * weights.sum())]


def by_object(right, objects):
    """How many objects have more right scans than wrong ones."""
    keys = sorted(set(objects))
    return sum(int(right[objects == key].mean() > 0.5) for key in keys), len(keys)


def train(source):
    scans = read_scans(source)
    scans = scans.where((scans.materials != "unknown") & (scans.reflectance.mean(axis=1) >= LEAST_REFLECTANCE))
    known = np.isin(scans.materials, CLASSES)
    labels = np.array([CLASSES.index(m) if m in CLASSES else -1 for m in scans.materials])
    spectra, objects, weights = features(scans.reflectance, WINDOW), scans.objects, object_weights(scans.objects)

    distances = left_out_distances(spectra, labels, objects, known)
    exponent, offset = calibrate(distances[known], labels[known], weights[known])
    nearest = distances.min(axis=1)
    novelty = round(float(weighted_quantile(nearest[known], weights[known], FAMILIAR_SHARE)))

    best = posteriors(distances, exponent, offset)
    right = distances.argmin(axis=1) == labels
    decided = (nearest <= novelty) & (best.max(axis=1) >= DECIDING_PROBABILITY)
    share = lambda mask, among: float((weights * mask)[among].sum() / weights[among].sum())
    objects_right, objects_all = by_object(right[known], objects[known])
    strangers = {
        name: [round(float(weights[(scans.materials == name) & decided].sum()), 2),
               len(set(objects[scans.materials == name]))]
        for name in sorted(set(scans.materials[~known]))
    }

    model = Model.fit(spectra[known], labels[known], objects[known], len(CLASSES), AXES)
    final = model.distances(spectra[known])
    familiar = final.min(axis=1) <= novelty
    assumed = features(fibre_curve()[None, :], WINDOW)[0]
    flattest = structure(scans.reflectance, WINDOW).min()
    return {
        "version": 1,
        "origin": ORIGIN,
        "licence": "parameters learned from the scans may be shipped; the scans carry no licence and may not",
        "wavelengthsDecinanometres": band_wavelengths().tolist(),
        "derivativeWindow": WINDOW,
        "leastReflectance": LEAST_REFLECTANCE,
        # Half the structure of the flattest scan of any polymer: what is below has no bands.
        "leastStructure": round(float(flattest / 2), 6),
        "classes": [
            {"material": name, "objects": len(set(objects[labels == c])), "mean": rounded(model.means[c], 4)}
            for c, name in enumerate(CLASSES)
        ],
        "axes": [
            {"variance": round(float(variance), 5), "direction": rounded(axis, 4)}
            for axis, variance in zip(model.axes, model.variances)
        ],
        "residualVariance": round(float(model.residual_variance), 6),
        "assumedFibre": {
            "origin": "synthetic: cellulose bands from the literature, no scan of fibre was at hand",
            "leastCorrelation": LEAST_CORRELATION,
            "greatestMeasuredCorrelation": round(float((spectra @ assumed).max() / len(assumed)), 3),
            "mean": rounded(assumed, 4),
        },
        "calibration": {"exponent": exponent, "offset": offset},
        "noveltyDistance": novelty,
        "familiarShare": FAMILIAR_SHARE,
        "evaluation": {
            "method": "leave one object out, each object weighs one; decided: familiar and at least 0.9 probable",
            "objects": objects_all,
            "objectsRight": objects_right,
            "scanAccuracy": round(share(right, known), 4),
            "decidedShare": round(share(decided, known), 4),
            "decidedAccuracy": round(share(decided & right, known) / share(decided, known), 4),
            "strangersDecided": strangers,
            "trainingScans": int(known.sum()),
            "trainingScansFamiliar": int(familiar.sum()),
            "trainingScansFamiliarRight": int((familiar & (final.argmin(axis=1) == labels[known])).sum()),
        },
    }


def main(source, target):
    text = json.dumps(train(source), separators=(",", ":"))
    with open(target, "w", encoding="utf-8") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2])
