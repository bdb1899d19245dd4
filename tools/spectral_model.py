"""The spectral model in numpy: the same steps as Sources/MaterialModel/SpectralModel.swift, used to train and to check.

Reflectance -> first derivative (slope of a straight line over `window` bands) -> standard normal variate -> squared
distance to each class mean under one covariance that all classes share. The covariance keeps the strongest axes of the
scatter within classes and treats all others as equal noise, so it stays invertible with more bands than objects.
"""

import numpy as np


def slopes(reflectance, window):
    """First derivative per band: least-squares slope over `window` bands; the edges are dropped."""
    half = window // 2
    weights = np.arange(-half, half + 1) / sum(j * j for j in range(-half, half + 1))
    count = reflectance.shape[1] - window + 1
    return sum(weight * reflectance[:, j : j + count] for j, weight in enumerate(weights))


def features(reflectance, window):
    slope = slopes(reflectance, window)
    return (slope - slope.mean(axis=1, keepdims=True)) / slope.std(axis=1, keepdims=True)


def structure(reflectance, window):
    """How far a spectrum is from a straight line, for its brightness: glass and metal have no bands at all.

    Averaged over `window` bands before, so that noise is not taken for structure.
    """
    count = reflectance.shape[1] - window + 1
    smooth = sum(reflectance[:, j : j + count] for j in range(window)) / window
    place = np.arange(count) - (count - 1) / 2
    slope = smooth @ place / (place @ place)
    rest = smooth - smooth.mean(axis=1, keepdims=True) - slope[:, None] * place
    return rest.std(axis=1) / smooth.mean(axis=1)


def object_weights(objects):
    """Each object counts once, however often it was scanned."""
    _, inverse, counts = np.unique(objects, return_inverse=True, return_counts=True)
    return 1 / counts[inverse]


class Model:
    def __init__(self, means, axes, variances, residual_variance):
        self.means, self.axes, self.variances = means, axes, variances
        self.residual_variance = residual_variance

    @staticmethod
    def fit(spectra, labels, objects, classes, axis_count):
        weights = object_weights(objects)
        means = np.array(
            [np.average(spectra[labels == c], axis=0, weights=weights[labels == c]) for c in range(classes)]
        )
        deviations = spectra - means[labels]
        scatter = (deviations * weights[:, None]).T @ deviations / (weights.sum() - classes)
        values, vectors = np.linalg.eigh(scatter)
        values, vectors = values[::-1], vectors[:, ::-1].T
        axes = vectors[:axis_count]
        axes = axes * np.sign(axes[np.arange(axis_count), np.abs(axes).argmax(axis=1)])[:, None]
        return Model(means, axes, values[:axis_count], values[axis_count:].mean())

    def distances(self, spectra):
        """Squared distance of each spectrum to each class."""
        columns = []
        for mean in self.means:
            deviation = spectra - mean
            along = deviation @ self.axes.T
            rest = (deviation**2).sum(axis=1) - (along**2).sum(axis=1)
            columns.append((along**2 / self.variances).sum(axis=1) + np.maximum(rest, 0) / self.residual_variance)
        return np.array(columns).T


def posteriors(distances, exponent, offset):
    """Probabilities of the classes at equal priors; heavy tails, so that far-away spectra stay uncertain."""
    score = -exponent * np.log(offset + distances)
    score = np.exp(score - score.max(axis=1, keepdims=True))
    return score / score.sum(axis=1, keepdims=True)
