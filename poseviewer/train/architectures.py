"""What can be trained, told without torch, so that `--help` can list it. How it is: run.py."""

from __future__ import annotations

TRAINED: dict[str, dict[str, tuple[int, ...]]] = {
    "embedding": {"vae": (3, 2), "ladder": (3, 2), "autoencoder": (3, 2), "pca": (3, 2)},
    "classifier": {"cnn": (3, 2), "lstm": (3, 2), "gru": (3, 2)},
    "generator": {"gru": (3,), "window": (2,), "textbook": (3, 2)},
}
"""By kind and name, the dimensions of the poses that it is made for; of each kind the first one that fits the poses is
what is trained where none is named."""
