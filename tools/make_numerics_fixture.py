#!/usr/bin/env python3
"""Writes reference values of numpy, SciPy and scikit-learn, which the tests compare Sources/SmallNumerics with.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    venv/bin/python tools/make_numerics_fixture.py Tests/SmallNumericsTests/Fixtures/reference.json

The fixture is in the repository, so the tests need no Python. The same versions give the same bytes.
"""

import json
import sys

import numpy as np
from scipy.linalg import cholesky, solve, solve_triangular
from scipy.signal import savgol_coeffs
from scipy.special import log_softmax
from sklearn.covariance import shrunk_covariance
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.kernel_ridge import KernelRidge


def covariance(random, size):
    factor = random.normal(size=(size, size + 3))
    return factor @ factor.T / size


def symmetric_solve(random):
    matrix, right = covariance(random, 7), random.normal(size=(7, 2))
    lower = cholesky(matrix, lower=True)
    return {
        "matrix": matrix, "lower": lower, "inverseLower": solve_triangular(lower, np.eye(7), lower=True),
        "right": right, "solution": solve(matrix, right, assume_a="pos"), "shrunk": shrunk_covariance(matrix, 0.1),
    }


def discriminant(random):
    labels = np.repeat([0, 1, 2], [9, 12, 15])
    points = random.normal(size=(36, 4)) + labels[:, None] * [1, -0.5, 0.2, 0]
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.05, priors=[1 / 3] * 3).fit(points, labels)
    tested = random.normal(size=(5, 4))
    return {
        "means": model.means_, "covariance": model.covariance_, "tested": tested,
        "logProbabilities": model.predict_log_proba(tested),
    }


def kernel_ridge(random):
    points, targets, tested = random.normal(size=(12, 3)), random.normal(size=(12, 2)), random.normal(size=(4, 3))
    model = KernelRidge(alpha=0.1, kernel="rbf", gamma=0.35).fit(points, targets)
    squares = ((points[:, None] - points[None]) ** 2).sum(-1)
    return {
        "points": points, "targets": targets, "gamma": 0.35, "ridge": 0.1, "weights": model.dual_coef_,
        "tested": tested, "scores": model.predict(tested), "medianSquaredDistance": float(np.median(squares)),
        "medianOfEleven": float(np.median(squares[:11, :11])),
    }


def curves(random):
    values, curve = random.normal(size=11), random.normal(size=9)
    source, target = np.sort(random.uniform(0, 10, 9)), np.linspace(0.5, 9.5, 14)
    inside = target[(target >= source[0]) & (target <= source[-1])]
    return {
        "values": values, "quantileShares": [0.0, 0.04, 0.5, 0.77, 1.0],
        "quantiles": np.quantile(values, [0.0, 0.04, 0.5, 0.77, 1.0]),
        "source": source, "curve": curve, "target": inside, "resampled": np.interp(inside, source, curve),
        "standardised": (curve - curve.mean()) / curve.std(), "contrast": float(curve.std()),
        "logSoftmax": log_softmax(values),
    }


def derivatives():
    settings = [(5, 2, 0), (5, 2, 2), (7, 2, 1), (9, 3, 2), (11, 4, 3)]
    return [
        {"window": w, "order": o, "derivative": d, "weights": savgol_coeffs(w, o, deriv=d, use="dot")}
        for w, o, d in settings
    ]


def plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def main(target):
    random = np.random.default_rng(20230418)
    content = {
        "symmetric": symmetric_solve(random), "discriminant": discriminant(random),
        "kernelRidge": kernel_ridge(random), "curves": curves(random), "savitzkyGolay": derivatives(),
    }
    with open(target, "w", encoding="utf-8") as file:
        json.dump(plain(content), file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
