#!/usr/bin/env python3
"""Reads the fixture's spectra with numpy by a model file, for the tests to compare the station's reading with.

    tools/make_posterior_fixture.py config/models/spectrometer.json Tests/MaterialModelTests/Fixtures/posteriors.json

The spectra stay as they are (they were made of class statistics, none was measured); what is said of them is written
again. Everything is computed here from the file's numbers and the formulas of docs/classification.md, with numpy and
scipy (tools/make_numerics_fixture.py names the versions), and with nothing of the station's code.
"""

import json
import sys

import numpy as np
from scipy.signal import savgol_coeffs
from scipy.special import log_softmax


def features(steps, bands, reflectance):
    """The numbers that classes are told by, their contrast, and how far the curve is from a straight line."""
    curve = np.interp(steps["channelsNanometres"], bands, reflectance)
    width = steps["binChannels"]
    count = len(curve) // width
    bins = lambda values: values[: count * width].reshape(count, width).mean(axis=1)
    window = steps["derivativeWindow"]
    weights = savgol_coeffs(window, steps["derivativeOrder"], deriv=steps["derivative"], use="dot")
    logs = bins(np.log(np.maximum(curve, steps["reflectanceFloor"])))
    slope = np.array([weights @ logs[start : start + window] for start in range(count - window + 1)])
    slope -= slope.mean()
    plain = bins(curve)
    place = bins(np.array(steps["channelsNanometres"]))
    place = place - place.mean()
    rest = plain - np.polyval(np.polyfit(place, plain, 1), place)
    contrast = np.sqrt((slope**2).mean())
    return slope / contrast, contrast, np.sqrt((rest**2).mean()) / plain.mean(), plain.mean()


def matrix(stored):
    return np.array(stored["values"]).reshape(stored["rows"], stored["columns"])


def triangle(values):
    size = int(np.sqrt(2 * len(values)))
    whole = np.zeros((size, size))
    whole[np.tril_indices(size)] = values
    return whole


def read(model, bands, reflectance):
    own, limits = model["spectrometer"], model["limits"]
    shape, contrast, structure, brightness = features(own["preprocessing"], bands, reflectance)
    if brightness < limits["leastBrightness"]:
        return "unreadable", []
    if structure < limits["leastStructure"]:
        return "flat", []
    discriminant, novelty = own["predictor"]["discriminant"], own["predictor"]["novelty"]
    logs = log_softmax(matrix(discriminant["weights"]) @ shape + discriminant["biases"])
    tempered = np.exp(log_softmax(logs / own["temperature"]))
    probabilities = (1 - own["smoothing"]) * tempered + own["smoothing"] / len(logs)
    whitened = triangle(novelty["whitening"]) @ shape
    squares = ((matrix(novelty["points"]) - whitened) ** 2).sum(axis=1)
    score = np.exp(-novelty["gamma"] * squares) @ matrix(novelty["weights"])
    if score[logs.argmax()] >= own["leastNovelty"]:
        return "familiar", probabilities
    fibre = own["assumedFibre"]
    if np.dot(fibre["values"], shape) / len(shape) >= fibre["leastCorrelation"]:
        return "resemblingFibre", probabilities
    return ("unreadable" if contrast < own["leastContrast"] else "strange"), probabilities


def main(model_path, fixture_path):
    with open(model_path, encoding="utf-8") as file:
        model = json.load(file)
    with open(fixture_path, encoding="utf-8") as file:
        fixture = json.load(file)
    bands = np.array(fixture["wavelengthsDecinanometres"]) / 10
    for case in fixture["cases"]:
        reflectance = (np.array(case["raw"]) - fixture["dark"]) / (fixture["white"] - fixture["dark"])
        reading, probabilities = read(model, bands, reflectance)
        case["reading"], case["probabilities"] = reading, np.round(probabilities, 6).tolist()
    with open(fixture_path, "w", encoding="utf-8") as file:
        json.dump(fixture, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
