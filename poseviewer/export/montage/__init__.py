"""The montage: what the network sees and some generated frames side by side, a row a lane; as a film or a still."""

from poseviewer.export.montage.montage import Montage, how_many, montage_of, usual_size

__all__ = ["Montage", "how_many", "montage_of", "usual_size"]
