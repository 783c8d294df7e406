"""A mixture of Gaussians over the latents of the training poses, to draw new poses from.

A VAE that reconstructs well does not fill its standard normal prior; a mixture fitted to its posteriors afterwards does
(ex-post density estimation: Ghosh et al., ICLR 2020). A component that stands for too
few frames or clips is left out, so that no frame of the training data can be read from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.models.reference import LEAST_CLIPS, LEAST_FRAMES
from poseviewer.nets.protocols import Array

COMPONENTS = 96  # 32 are told from real poses more easily, 0.73 against 0.64 under the ROC on Penn Action
_FRAMES_A_COMPONENT = 100
_LEAST_VARIANCE = 1e-3
_MOST_FRAMES = 20_000


@dataclass(frozen=True, eq=False)
class MixturePrior:
    """weights (K,), means (K, Z) and Cholesky factors of the covariances (K, Z, Z)."""

    weights: Array
    means: Array
    factors: Array

    @classmethod
    def fit(cls, mean: Array, std: Array, clips: NDArray[np.integer], seed: int) -> MixturePrior:
        """Fitted to one draw from each of the posteriors (N, Z) of frames of clips (N,)."""
        from sklearn.mixture import GaussianMixture

        draw = np.random.default_rng([seed, 19])
        latents = mean + std * draw.standard_normal(mean.shape)
        rows = draw.permutation(len(latents))[:_MOST_FRAMES]
        latents = latents[rows]
        count = min(COMPONENTS, max(1, len(latents) // _FRAMES_A_COMPONENT))
        mixture = GaussianMixture(count, reg_covar=_LEAST_VARIANCE, max_iter=60, random_state=seed).fit(latents)
        label = mixture.predict(latents)
        groups = [clips[rows[label == k]] for k in range(count)]
        kept = [k for k, g in enumerate(groups) if len(g) >= LEAST_FRAMES and len(np.unique(g)) >= LEAST_CLIPS]
        if not kept:  # too little data for more than its mean and covariance
            covariance = np.cov(latents, rowvar=False) + _LEAST_VARIANCE * np.eye(latents.shape[1])
            return cls(np.ones(1), latents.mean(axis=0)[None], np.linalg.cholesky(covariance)[None])
        factors = np.linalg.cholesky(mixture.covariances_[kept])
        return cls(mixture.weights_[kept] / mixture.weights_[kept].sum(), mixture.means_[kept], factors)

    def draw(self, count: int, draw: np.random.Generator) -> Array:
        """Latents (count, Z)."""
        chosen = draw.choice(len(self.weights), count, p=self.weights / self.weights.sum())
        noise = draw.standard_normal((count, self.means.shape[1]))
        return self.means[chosen] + np.einsum("nij,nj->ni", self.factors[chosen], noise)

    def tensors(self) -> dict[str, Array]:
        """What a checkpoint stores."""
        arrays = {"prior_weights": self.weights, "prior_means": self.means, "prior_factors": self.factors}
        return {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}
