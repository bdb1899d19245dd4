#!/usr/bin/env python3
"""Compares how hard measured and simulated spectra are to tell apart, with plain scikit-learn models.

    station-sim spectra --items pet:31,hdpe:30,pp:44,ps:19,abs:4,pla:4,pmma:3,pvc:5 >simulated.csv
    tools/compare_spectra.py ps_avantes.csv simulated.csv
    station-sim spectra --nir-head led8 --items pet:24,hdpe:22,pp:40,ps:14,abs:4,pla:4,pmma:3,pvc:4 >simulated.csv
    tools/compare_spectra.py ps_led8.csv simulated.csv --session 2023-04-18_items

Each file is judged by itself, every item by models that never saw it (ten folds of items, three draws); and the
simulated items by a model of all measured ones. Made with numpy 2.4 and scikit-learn 1.9.
"""

import argparse
import csv

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

POLYMERS = ["pet", "hdpe", "pp", "ps"]
KEPT_SHARE = 0.96
REFERENCE_ERROR = 0.02


def read(path, session):
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if session is None or row["session"] in (session, "simulated")]
    spectrometer = [name for name in rows[0] if name.startswith("r_") and float(name[2:]) <= 1725]
    columns = spectrometer or [name for name in rows[0] if name.startswith("refl_")]
    logs = np.log(np.maximum([[float(row[name]) for name in columns] for row in rows], 1e-3))
    if spectrometer:
        # One grid for both files.
        grid = np.linspace(1014.5, 1720, 128)
        logs = np.array([np.interp(grid, [float(name[2:]) for name in columns], scan) for scan in logs])
    return logs, np.array([row["object"] for row in rows]), np.array([row["material"].lower() for row in rows])


def features(logs):
    if logs.shape[1] == 8:
        level = logs.mean(axis=1, keepdims=True)
        shape = logs - level
        spread = np.sqrt((shape**2).mean(axis=1, keepdims=True) + 1e-4)
        return np.hstack([shape / spread, 0.1 * level])
    # Means of two bands, a second derivative over five, standard normal variate.
    binned = logs.reshape(len(logs), -1, 2).mean(axis=2)
    curve = 2 * binned[:, :-4] - binned[:, 1:-3] - 2 * binned[:, 2:-2] - binned[:, 3:-1] + 2 * binned[:, 4:]
    curve -= curve.mean(axis=1, keepdims=True)
    return curve / curve.std(axis=1, keepdims=True)


def model(bands):
    if bands == 8:
        return make_pipeline(StandardScaler(), SVC(C=10, gamma=0.1, class_weight="balanced"))
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.02, priors=[0.25] * 4)


def items(logs, objects, materials):
    """Mean features and material of each object, sorted by name."""
    found = features(logs)
    names = sorted(set(objects))
    return (np.array([found[objects == name].mean(axis=0) for name in names]),
            np.array([materials[objects == name][0] for name in names]), names)


def folds(materials, seed):
    random, fold = np.random.default_rng(seed), np.zeros(len(materials), int)
    for name in POLYMERS:
        places = random.permutation(np.flatnonzero(materials == name))
        fold[places] = (np.arange(len(places)) + random.integers(10)) % 10
    return fold


def distance(train, labels, tested):
    """To the nearest class mean, in units of the shrunk spread of items about their class."""
    means = np.array([train[labels == name].mean(axis=0) for name in POLYMERS])
    rows = train - means[[POLYMERS.index(name) for name in labels]]
    spread = rows.T @ rows / (len(rows) - 4)
    spread = 0.9 * spread + 0.1 * np.trace(spread) / len(spread) * np.eye(len(spread))
    difference = tested[:, None] - means
    return np.einsum("ijk,kl,ijl->ij", difference, np.linalg.inv(spread), difference).min(axis=1)


def judge(data):
    logs, objects, materials = data
    random = np.random.default_rng(0)
    noisy = logs + np.log1p(REFERENCE_ERROR * random.standard_normal(logs.shape))
    known = np.isin(materials, POLYMERS)
    mean, labels, names = items(logs[known], objects[known], materials[known])
    strange = ~known & (materials != "unknown") & (materials != "ldpe")
    strangers = items(logs[strange], objects[strange], materials[strange])[0] if strange.any() else None
    by_item, by_scan, by_noisy, own, foreign = [], [], [], [], []
    for seed in range(3):
        fold = folds(labels, seed)
        for part in range(10):
            train, test = fold != part, fold == part
            fitted = model(logs.shape[1]).fit(mean[train], labels[train])
            by_item += list(fitted.predict(mean[test]) == labels[test])
            scans = np.isin(objects, [name for name, is_tested in zip(names, test) if is_tested])
            by_scan += list(fitted.predict(features(logs[scans])) == materials[scans])
            by_noisy += list(fitted.predict(features(noisy[scans])) == materials[scans])
            own += list(distance(mean[train], labels[train], mean[test]))
            if strangers is not None:
                foreign.append(distance(mean[train], labels[train], strangers))
    limit = np.quantile(own, KEPT_SHARE)
    refused = np.mean(np.array(foreign) > limit) if foreign else float("nan")
    return len(names), np.mean(by_item), np.mean(by_scan), np.mean(by_noisy), refused


def main(measured, simulated, session):
    measured, simulated = read(measured, session), read(simulated, None)
    print("                items  right by item  by single scan  at 2 % reference error  strangers refused at 96 % kept")
    for name, data in (("measured", measured), ("simulated", simulated)):
        count, *figures = judge(data)
        print(f"{name:12} {count:8}" + "".join(f"{figure:16.3f}" for figure in figures))
    parts = [items(*(column[np.isin(data[2], POLYMERS)] for column in data)) for data in (measured, simulated)]
    fitted = model(measured[0].shape[1]).fit(*parts[0][:2])
    print(f"simulated items by the model of all measured ones: {np.mean(fitted.predict(parts[1][0]) == parts[1][1]):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured")
    parser.add_argument("simulated")
    parser.add_argument("--session")
    arguments = parser.parse_args()
    main(arguments.measured, arguments.simulated, arguments.session)
