#!/usr/bin/env python3
"""Makes the statistics that the simulator draws spectra from: config/models/spectra-statistics*.json.

    tools/make_spectra_statistics.py spectrometer ps_avantes.csv config/models/spectra-statistics.json
    tools/make_spectra_statistics.py led8 ps_led8.csv config/models/spectra-statistics-led8.json

All curves are natural logarithms of reflectance, in whole ten-thousandths. A class has a mean, a covariance between
its items and one between the placements of one item. A covariance is a number of components and what is left of each
band's spread beside them. Materials of few objects have a mean of their own and share the covariances of all.

What the data lacks (glass, metal, fibre) is a documented curve with "origin": "synthetic". The same input gives the
same bytes; numpy 1.24 or later. docs/simulator.md says how near the simulated items come to the measured ones.
"""

import csv
import json
import sys

import numpy as np

POLYMERS = ["pet", "hdpe", "pp", "ps"]
# Means of fewer objects than this would be near to showing one.
LEAST_OBJECTS = 3
UNIT = 1e-4
LEAST_REFLECTANCE = 1e-3
# A scan this dark carries more of the instrument than of the object; such scans make the class `dark`.
DARK_REFLECTANCE = 0.1
LICENCE = "the scans are public without a stated licence; this file holds statistics of them and no scan"
# The measured spreads hold a few outliers (dark, dirty and two-coloured items) that a normal distribution spreads over
# all items. Taken times these factors, simulated items are as hard to tell apart as the measured ones.
ITEM_SPREAD = {"spectrometer": 0.85, "led8": 0.85}
PLACEMENT_SPREAD = {"spectrometer": 1.0, "led8": 0.9}
COMPONENT_LIMIT = {"spectrometer": 12, "led8": 8}

LED_MAIN_SESSION = "2023-04-18_items"
# Bad contacts, or no other polymer in them to compare the session with.
LED_UNUSED_SESSIONS = {"2023-05-08_boxA", "2023-09-13_sheets", "2023-09-19_sheets"}
LED_BANDS = [940, 1050, 1200, 1300, 1450, 1550, 1650, 1720]
# From one white reference of the main session to the next; it took two hours with five of them.
LED_REFERENCE_STEP_HOURS = 0.5
RELAXATION_HOURS = 8.0


class Scans:
    """Logarithms of reflectance, one row a scan, with where each comes from."""

    def __init__(self, logs, objects, materials, sessions):
        self.logs = logs
        self.objects, self.materials, self.sessions = map(np.array, (objects, materials, sessions))

    def where(self, mask):
        return Scans(self.logs[mask], self.objects[mask], self.materials[mask], self.sessions[mask])

    @property
    def brightness(self):
        return np.exp(self.logs).mean(axis=1)


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def scans_of(rows, reflectance):
    if not np.isfinite(reflectance).all():
        raise SystemExit("a scan has no value in one of the bands")
    return Scans(
        np.log(np.maximum(reflectance, LEAST_REFLECTANCE)), [row["object"] for row in rows],
        [row["material"].lower() for row in rows], [row["session"] for row in rows])


def spectrometer_bands():
    """Centres of the head's bands in tenths of a nanometre, as its driver declares them."""
    return (10145 + (7055 * np.arange(128) + 63) // 127).astype(int)


def read_spectrometer(path):
    rows = read_rows(path)
    # Above 1720 nm the spectrometer of the data has only noise.
    columns = [name for name in rows[0] if name.startswith("r_") and float(name[2:]) <= 1725]
    measured = np.array([[float(row[column]) for column in columns] for row in rows])
    wavelengths = np.array([float(column[2:]) for column in columns])
    bands = spectrometer_bands() / 10
    return scans_of(rows, np.array([np.interp(bands, wavelengths, scan) for scan in measured]))


def read_led8(path):
    """The main session, and strangers of the other sessions moved by what the polymers differ there."""
    rows = [row for row in read_rows(path) if row["session"] not in LED_UNUSED_SESSIONS]
    scans = scans_of(rows, np.array([[float(row[f"refl_{band}"]) for band in LED_BANDS] for row in rows]))
    main = scans.where(scans.sessions == LED_MAIN_SESSION)
    means = {name: object_means(main.where(main.materials == name)).mean(axis=0) for name in POLYMERS}
    here = set(main.materials)
    for session in sorted(set(scans.sessions) - {LED_MAIN_SESSION}):
        mine = scans.where(scans.sessions == session)
        present = [name for name in POLYMERS if (mine.materials == name).any()]
        offset = np.mean(
            [object_means(mine.where(mine.materials == name)).mean(axis=0) - means[name] for name in present], axis=0)
        scans.logs[scans.sessions == session] -= offset
    strange = ~np.isin(scans.materials, sorted(here | {"unknown"}))
    whites = []
    for row in rows:
        white = tuple(float(row[f"white_{band}"]) for band in LED_BANDS)
        if row["session"] == LED_MAIN_SESSION and white not in whites[-1:]:
            whites.append(white)
    return scans.where((scans.sessions == LED_MAIN_SESSION) | strange), np.log(np.array(whites))


def object_means(scans):
    return np.array([scans.logs[scans.objects == key].mean(axis=0) for key in sorted(set(scans.objects))])


def placement_scatter(scans):
    """Sum of squares of the scans of one object in one session about their mean, and its degrees of freedom.

    Another session is another instrument setup, not another placement.
    """
    scatter, degrees = 0, 0
    for key in sorted(set(zip(scans.objects, scans.sessions))):
        mine = scans.logs[(scans.objects == key[0]) & (scans.sessions == key[1])]
        rows = mine - mine.mean(axis=0)
        scatter, degrees = scatter + rows.T @ rows, degrees + len(mine) - 1
    return scatter, degrees


def item_scatter(scans, placed):
    """Sum of squares of the objects about their class mean without what their placements bring into it."""
    means = object_means(scans)
    rows = means - means.mean(axis=0)
    degrees = len(means) - 1
    counts = [(scans.objects == key).sum() for key in sorted(set(scans.objects))]
    return rows.T @ rows - degrees * np.mean(1 / np.array(counts)) * placed, degrees


def covariance(matrix, limit, factor):
    """Components (each times its standard deviation) and the rest of each band."""
    values, vectors = np.linalg.eigh(matrix)
    strongest = [place for place in range(len(values))[::-1][:limit] if values[place] > UNIT**2]
    found = np.sqrt(values[strongest])[:, None] * vectors[:, strongest].T
    # The sign of an eigenvector is arbitrary; fixed here so that the bytes are.
    found *= np.sign(found[np.arange(len(found)), np.abs(found).argmax(axis=1)])[:, None]
    rest = np.sqrt(np.maximum(np.diag(matrix) - (found**2).sum(axis=0), 0))
    return {"components": [whole(factor * row) for row in found], "diagonal": whole(factor * rest)}


def whole(values):
    return [int(value) for value in np.rint(np.asarray(values) / UNIT)]


def covariances(scans, head):
    """By name; those of single polymers, and those of all classes together."""
    limit, found = COMPONENT_LIMIT[head], {}
    total = {"items": [0, 0], "placements": [0, 0]}
    for name in sorted(set(scans.materials) - {"unknown"}):
        mine = scans.where(scans.materials == name)
        scatter, degrees = placement_scatter(mine)
        parts = [("placements", scatter, degrees, PLACEMENT_SPREAD[head])]
        if name in POLYMERS:
            parts.append(("items", *item_scatter(mine, scatter / degrees), ITEM_SPREAD[head]))
        for kind, scatter, degrees, factor in parts:
            total[kind] = [total[kind][0] + scatter, total[kind][1] + degrees]
            if name in POLYMERS:
                found[f"{name} {kind}"] = covariance(scatter / degrees, limit, factor)
    for kind, factor in (("items", ITEM_SPREAD[head]), ("placements", PLACEMENT_SPREAD[head])):
        found[f"all {kind}"] = covariance(total[kind][0] / total[kind][1], limit, factor)
    return found


def measured_classes(scans):
    for name in sorted(set(scans.materials) - {"unknown"}):
        means = object_means(scans.where(scans.materials == name))
        if len(means) < LEAST_OBJECTS:
            continue
        owner = name if name in POLYMERS else "all"
        yield entry(name, "measured", len(means), means.mean(axis=0), f"{owner} items", f"{owner} placements")


def entry(name, origin, objects, mean, items, placed):
    return {
        "name": name, "origin": origin, "objects": objects, "mean": whole(mean), "items": items, "placements": placed}


def synthetic_classes(nanometres):
    """Curves for what was never measured. They say how such a thing looks in principle, and no more than that."""
    tilt = (nanometres - nanometres.mean()) / (nanometres[-1] - nanometres[0])
    dip = lambda centre, width, depth: depth * np.exp(-0.5 * ((nanometres - centre) / width) ** 2)
    # Cellulose and its bound water have broad O-H overtones near 1200, 1490 and 1590 nm, on a falling background.
    fibre = 0.85 - 0.1 * tilt - dip(1200, 35, 0.05) - dip(1490, 55, 0.18) - dip(1590, 40, 0.06)
    curves = [
        ("fibre", fibre, 0.09, 0.03),
        # Clear glass reflects at its two surfaces only; the rest is the dark chamber behind it.
        ("glass", 0.2 + 0.02 * tilt, 0.25, 0.05),
        ("aluminium", 0.95 + 0.02 * tilt, 0.15, 0.02),
        ("steel", 0.6 + 0.08 * tilt, 0.2, 0.03),
    ]
    for name, mean, gain, tilting in curves:
        spread = [gain * np.ones_like(tilt), tilting * tilt]
        nothing = [0] * len(tilt)
        yield (
            entry(name, "synthetic", 0, np.log(mean), f"{name} items", f"{name} placements"),
            {f"{name} items": {"components": [whole(row) for row in spread], "diagonal": nothing},
             f"{name} placements": {"components": [whole(0.3 * row) for row in spread], "diagonal": nothing}})


def dark_class(scans, head):
    """Items that hardly reflect, of whatever material: a class of its own, because nobody can tell what they are."""
    dark = scans.where(scans.brightness < DARK_REFLECTANCE)
    means = object_means(dark)
    if len(means) < LEAST_OBJECTS:
        raise SystemExit("too few dark objects to be a statistic")
    rows = means - means.mean(axis=0)
    spread = covariance(rows.T @ rows / (len(means) - 1), COMPONENT_LIMIT[head], ITEM_SPREAD[head])
    return (entry("dark", "measured", len(means), means.mean(axis=0), "dark items", "all placements"),
            {"dark items": spread})


def wandering(whites):
    """How the white reference wanders: standard deviations, from the steps between references."""
    if whites is None:
        # Nobody measured the spectrometer's lamp. Its bands share it, so single bands wander a tenth as much.
        return {"origin": "assumed", "common": 0.07, "perBand": 0.0023, "relaxationHours": RELAXATION_HOURS}
    steps = np.diff(whites, axis=0)
    kept = np.exp(-LED_REFERENCE_STEP_HOURS / RELAXATION_HOURS)
    scale = 1 / np.sqrt(2 * (1 - kept))
    common = np.sqrt((steps.mean(axis=1) ** 2).mean()) * scale
    own = np.sqrt(((steps - steps.mean(axis=1, keepdims=True)) ** 2).mean()) * scale
    return {"origin": "measured", "common": round(float(common), 4), "perBand": round(float(own), 4),
            "relaxationHours": RELAXATION_HOURS}


def main(head, source, target):
    if head == "spectrometer":
        scans, whites, bands = read_spectrometer(source), None, spectrometer_bands()
        instrument = "ps_avantes: scans made with an Avantes AvaSpec-NIR256, resampled linearly onto 128 bands"
    else:
        scans, whites = read_led8(source)
        bands = np.array(LED_BANDS) * 10
        instrument = "ps_led8: scans made with boards of 8 LEDs, session " + LED_MAIN_SESSION + " and, moved by what " \
            "the polymers differ, materials that only other sessions have"
    spreads = covariances(scans, head)
    classes = list(measured_classes(scans))
    for found, own in [dark_class(scans, head)] + list(synthetic_classes(bands / 10)):
        classes.append(found)
        spreads.update(own)
    statistics = {
        "version": 2, "head": head, "origin": f"derived from {instrument}; made public by the Plastic Scanner project, "
        "2022 to 2023; classes marked synthetic were never measured",
        "licence": LICENCE, "wavelengthsDecinanometres": bands.tolist(), "references": wandering(whites),
        "covariances": spreads, "classes": classes,
    }
    with open(target, "w", encoding="utf-8") as file:
        json.dump(statistics, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in COMPONENT_LIMIT:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
