"""Folders of real images."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from . import _luckflow


class Images:
    """Images to train on and to test on.

    Attributes
    ----------
    format : str
        How they were stored.
    train, test : ndarray of uint8, shape (images, channels, rows, columns)
        Pixels.
    train_labels, test_labels : ndarray of uint8, shape (images,)
        A class each, from 0.
    counts : ndarray, shape (classes, 2)
        How many there are of each class, to train on and to test on.
    mean, deviation : ndarray, shape (channels,)
        Of the pixels to train on, from 0 to 1.
    """

    def __init__(self, found: _luckflow.ImageSet) -> None:
        self._found = found
        self.format = found.format
        self.train, self.train_labels = found.train()
        self.test, self.test_labels = found.test()
        self.counts = np.array(found.counts()).T
        self.mean, self.deviation = (np.array(moment) for moment in found.moments())

    def sheet(self, path: str | os.PathLike | None = None, columns: int = 16) -> bytes:
        """The first images of each class, a row per class, as PNG; also written to a file that is not there yet."""
        png = self._found.sheet(columns)
        if path is not None:
            with open(Path(path), "xb") as file:
                file.write(png)
        return png

    def _repr_png_(self) -> bytes:
        return self.sheet()


def images(folder: str | os.PathLike) -> Images:
    """What a folder of images holds: CIFAR, MNIST, Fashion-MNIST, NumPy's arrays, or PNG pictures by class.

    Parameters
    ----------
    folder : path
        As the key ``data.images`` takes it.

    Returns
    -------
    Images

    Raises
    ------
    InputError
        A folder with other files, one of a set that is missing, or files that hold something else.
    OSError
        A folder or a file that cannot be read.
    """
    return Images(_luckflow.ImageSet(os.fspath(folder)))
