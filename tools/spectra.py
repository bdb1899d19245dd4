"""Reads the measured spectra and puts them onto the bands of the station's spectrometer head.

Terms: a scan is one row of the CSV file; an object is one physical thing, scanned several times, in one session or
in several. Scans of one object are not independent, so everything is averaged and split by object, never by scan.
"""

import csv

import numpy as np

BAND_COUNT = 128
# The first and the last band in tenths of a nanometre; above 1720 nm the spectrometer of the data has only noise.
FIRST_BAND, LAST_BAND = 10145, 17200
ORIGIN = (
    "derived from ps_avantes: scans made public by the Plastic Scanner project with an Avantes AvaSpec-NIR256, "
    "2022 to 2023, resampled linearly onto 128 bands; no scan is contained in this file"
)


def band_wavelengths():
    """Centres of the bands in tenths of a nanometre, as the head reports them."""
    return np.rint(np.linspace(FIRST_BAND, LAST_BAND, BAND_COUNT)).astype(int)


def fibre_curve():
    """How fibre packaging is assumed to reflect: nobody measured it over these bands.

    Cellulose and its bound water have broad O-H overtones near 1200, 1490 and 1590 nm, on a falling background.
    """
    nm = band_wavelengths() / 10
    dip = lambda centre, width, depth: depth * np.exp(-0.5 * ((nm - centre) / width) ** 2)
    background = 0.85 - 0.1 * (nm - nm.mean()) / (nm[-1] - nm[0])
    return background - dip(1200, 35, 0.05) - dip(1490, 55, 0.18) - dip(1590, 40, 0.06)


class Scans:
    """The rows of the file: reflectance on the station's bands, with where each scan comes from."""

    def __init__(self, reflectance, objects, materials, sessions):
        self.reflectance = reflectance
        self.objects = np.array(objects)
        self.materials = np.array(materials)
        self.sessions = np.array(sessions)

    def where(self, mask):
        return Scans(self.reflectance[mask], self.objects[mask], self.materials[mask], self.sessions[mask])


def read_scans(path):
    """All scans of the file, whatever their material; rows with a gap below 1720 nm are an error."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        columns = [name for name in rows.fieldnames if name.startswith("r_") and float(name[2:]) <= LAST_BAND / 10]
        rows = list(rows)
    measured = np.array([[float(row[column]) for column in columns] for row in rows])
    if not np.isfinite(measured).all():
        raise SystemExit(f"{path}: a scan has no value in a band below {LAST_BAND / 10} nm")
    wavelengths = np.array([float(column[2:]) for column in columns])
    bands = band_wavelengths() / 10
    reflectance = np.array([np.interp(bands, wavelengths, scan) for scan in measured])
    return Scans(
        reflectance,
        [row["object"] for row in rows],
        [row["material"].lower() for row in rows],
        [row["session"] for row in rows],
    )


def rounded(values, digits):
    """Numbers with few digits, so that the file stays small and its bytes do not hang on the last bit."""
    return [int(value) if float(value).is_integer() else value for value in np.round(values, digits).tolist()]
