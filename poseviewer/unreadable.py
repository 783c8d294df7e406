"""Files that people try and that are never opened: what they are, and what to do instead."""

from __future__ import annotations

from pathlib import PurePath

from poseviewer.errors import PoseviewerError
from poseviewer.paths import MODEL_SUFFIX

_PACKAGE = "offer the model as an installed package, which CONTRIBUTING.md shows in twenty lines"
_KINDS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        (".pt", ".pth", ".ckpt", ".pt2"),
        "a PyTorch file cannot be opened: it can run code, and does not say which poses its numbers mean",
        f"save its weights as a checkpoint of poseviewer (.safetensors), or {_PACKAGE}",
    ),
    (
        (".onnx", ".keras", ".tflite", ".pb"),
        "a network of another framework cannot be opened: it does not say which poses its numbers mean",
        _PACKAGE,
    ),
    (
        (".dill",),
        "a pickle cannot be opened: it can run code",
        "save its arrays with numpy.savez: positions (frames, joints, 3) in metres, and fps",
    ),
    *(
        (
            suffixes,
            f"{what} cannot be opened",
            f"in Blender choose {first}, select the skeleton, then File > Export > Motion Capture (.bvh)",
        )
        for suffixes, what, first in (
            ((".fbx",), "an FBX scene", "File > Import > FBX (.fbx)"),
            ((".glb", ".gltf"), "a glTF scene", "File > Import > glTF 2.0 (.glb/.gltf)"),
            ((".usd", ".usda", ".usdc", ".usdz"), "a USD scene", "File > Import > Universal Scene Description (.usd*)"),
            ((".dae",), "a Collada scene", "File > Import > Collada (.dae)"),
            ((".blend",), "a scene of Blender", "File > Open"),
        )
    ),
    (
        (".abc", ".ma", ".mb", ".max"),
        "a scene of a 3D program cannot be opened",
        "export its skeleton's motion from there as BVH, or as FBX and from Blender as BVH",
    ),
    (
        (".mp4", ".mov", ".avi", ".mkv", ".webm", ".gif", ".apng", ".png", ".jpg", ".jpeg"),
        "a film or a picture holds no poses",
        "estimate its poses with another program first and give them as .npz or .csv",
    ),
    ((".xlsx", ".xls", ".ods"), "a spreadsheet's own file cannot be opened", "save the table as .csv"),
    (
        (".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"),
        "an archive of this kind cannot be opened",
        "unpack it, or pack it again as .zip",
    ),
    (
        (MODEL_SUFFIX,),
        "it is a model and holds no motion",
        "give motions here, and the model where a model is asked for",
    ),
)


def unreadable(name: str | PurePath) -> PoseviewerError | None:
    """Why a file is not opened, told by its suffix; None where that says nothing."""
    path = PurePath(name)
    for suffixes, cause, cure in _KINDS:
        if path.suffix.lower() in suffixes:
            return PoseviewerError(path.name if isinstance(name, PurePath) else name, "", cause, cure)
    return None
