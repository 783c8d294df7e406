"""Small files of keypoints as the programs write them."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from poseviewer.motion.joint_sets import joint_set
from tests.data.keypoints.standing import flat, pixels

COCO = joint_set("coco17").joints
BODY25 = joint_set("openpose25").joints
SMPL = joint_set("smpl24").joints


NODES = ("head", "thorax", "wingL", "wingR")
EDGES = ((1, 0), (1, 2), (1, 3))


def flies(frames=8):
    """(2, F, 4, 2) pixels of two flies; the second is not there in frame 3."""
    body = np.array([[100, 100], [100, 120], [90, 130], [110, 130]], dtype=float)
    moving = body + np.arange(frames)[:, None, None] * (2.0, 1.0)
    found = np.stack([moving, moving + np.array((300, 150))])
    found[1, 3] = np.nan
    return found


def analysis(path, tracks, varying=False, **more):
    with h5py.File(path, "w") as file:
        file["tracks"] = tracks
        names = NODES if varying else np.array([name.encode() for name in NODES])
        file.create_dataset("node_names", data=names, dtype=h5py.string_dtype() if varying else None)
        file["track_names"] = np.array([b"female", b"male"])
        file["edge_inds"] = np.array(EDGES)
        for key, value in more.items():
            file[key] = value
    return path


def labels(path, tracked=True, version=1.2):
    found = flies()
    about = {
        "skeletons": [{
            "graph": {"name": "fly"},
            "nodes": [{"id": n} for n in (1, 2, 3, 4)],
            "links": [
                {"source": 2, "target": 1, "type": {"py/reduce": [{"py/type": "EdgeType"}, {"py/tuple": [1]}]}},
                {"source": 3, "target": 4, "type": {"py/reduce": [{"py/type": "EdgeType"}, {"py/tuple": [2]}]}},
                {"source": 2, "target": 3, "type": {"py/id": 1}},
                {"source": 2, "target": 4, "type": {"py/id": 1}},
            ],
        }],
        "nodes": [{"name": "other"}, *({"name": name} for name in NODES)],
    }  # fmt: skip
    frames, instances, points = [], [], []
    for f in range(8):
        start = len(instances)
        for t in range(2):
            if np.isfinite(found[t, f]).all():
                instances.append((1, len(points), len(points) + 4, t if tracked else -1))
                points += [(x, y, True, False, 0.9) for x, y in found[t, f]]
        frames.append((0, f, start, len(instances)))
    of = {"video": "u4", "frame_idx": "u8", "instance_id_start": "u8", "instance_id_end": "u8"}
    on = {"instance_type": "u1", "point_id_start": "u8", "point_id_end": "u8", "track": "i4"}
    at = {"x": "f8", "y": "f8", "visible": "?", "complete": "?", "score": "f8"}
    video = json.dumps({"filename": "v.mp4", "backend": {"shape": [8, 480, 640, 1], "fps": 100.0}})
    with h5py.File(path, "w") as file:
        group = file.create_group("metadata")
        group.attrs["format_id"], group.attrs["json"] = version, np.bytes_(json.dumps(about))
        file["frames"] = np.array(frames, dtype=list(of.items()))
        file["instances"] = np.array(instances, dtype=list(on.items()))
        file["pred_points"] = np.array(points, dtype=list(at.items()))
        file["points"] = np.zeros(0, dtype=list(at.items())[:4])
        file.create_dataset("videos_json", data=[video], dtype=h5py.string_dtype(), maxshape=(None,))
        file["tracks_json"] = np.array([b'[0, "female"]', b'[0, "male"]'])
    return path


PARTS = ("snout", "leftear", "rightear", "tailbase")
COORDS = ("x", "y", "likelihood")


def mouse(frames=6):
    """(F, 4, 3) pixels and likelihoods."""
    body = np.array([[300, 200, 0.99], [290, 210, 0.99], [310, 210, 0.99], [300, 260, 0.3]], dtype=float)
    return body + np.arange(frames)[:, None, None] * (2.0, 0, 0)


def columns(coords=COORDS, animals=()):
    each = [(a,) if a else () for a in animals] or [()]
    return [("net", *animal, part, c) for animal in each for part in PARTS for c in coords]


def table(path, names, rows, values):
    levels = (
        ("scorer", "individuals", "bodyparts", "coords") if len(names[0]) == 4 else ("scorer", "bodyparts", "coords")
    )
    heads = [
        ",".join([level] + [""] * (len(rows[0]) - 1) + [name[n] for name in names]) for n, level in enumerate(levels)
    ]
    lines = [
        ",".join([*row, *("" if np.isnan(v) else f"{v:g}" for v in line)])
        for row, line in zip(rows, values, strict=True)
    ]
    path.write_text("\n".join(heads + lines))
    return path


def as_table(path, names, values):
    kinds = [("index", "i8"), ("values_block_0", "f8", (values.shape[1],))]
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        records = np.zeros(len(values), dtype=kinds)
        records["index"], records["values_block_0"] = np.arange(len(values)), values
        group["table"] = records
        group.attrs["non_index_axes"] = np.bytes_(pickle.dumps([(1, names)], 0))


def as_fixed(path, names, values):
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group["block0_values"] = values
        for level in range(len(names[0])):
            words = sorted({name[level] for name in names})
            group[f"block0_items_level{level}"] = np.array([word.encode() for word in words])
            group[f"block0_items_label{level}"] = np.array([words.index(name[level]) for name in names], dtype="i1")
        group["axis1"] = np.array([f"labeled-data/m/img{n:03d}.png".encode() for n in range(len(values))])


def openpose(*people):
    empty = {"face_keypoints_2d": [], "hand_left_keypoints_2d": [], "pose_keypoints_3d": []}
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": flat(p), **empty} for p in people]}


def coco(images, annotations, joints=COCO, bones=((16, 14), (14, 12))):
    category = {"id": 1, "name": "person", "keypoints": list(joints), "skeleton": [list(bone) for bone in bones]}
    return {"info": {}, "images": images, "annotations": annotations, "categories": [category]}


def image(n, name, **more):
    return {"id": n, "file_name": name, "width": 800, "height": 400, **more}


def annotation(n, x=400.0, **more):
    return {"id": 90 + n, "image_id": n, "category_id": 1, "keypoints": flat(pixels(COCO, x, 200), 2), **more}


def images(joints, names, **more):
    body = (pixels(joints) - (320, 240)) / 100
    camera = np.concatenate([body, np.full((len(joints), 1), 4.0), np.ones((len(joints), 1))], axis=1)
    return _npz(imgname=np.array(names), S=np.tile(camera, (len(names), 1, 1)), **more)


def results(*where, tracks=None):
    """What ROMP finds of people who stand so far to the right of the camera's middle, metres."""
    body = np.concatenate([(pixels(SMPL) - (320, 250)) / 100, np.zeros((24, 1))], axis=1)
    joints = np.concatenate([body, np.zeros((47, 3))])
    found = {
        "joints": np.tile(joints, (len(where), 1, 1)).astype(np.float32),
        "cam_trans": np.array([[x, 0.2, 4.0] for x in where], dtype=np.float32).reshape(-1, 3),
        "smpl_thetas": np.zeros((len(where), 72), dtype=np.float32),
    }
    return found if tracks is None else {**found, "track_ids": np.array(tracks)}


def _npz(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _made(write: Callable[[Path], object], suffix: str) -> Callable[[Path], bytes]:
    def made(folder: Path) -> bytes:
        path = folder / f"valid{suffix}"
        write(path)
        return path.read_bytes()

    return made


def _film() -> bytes:
    frames = [
        {"frame_id": n, "instances": openpose(pixels(BODY25, 200 + n), pixels(BODY25, 400))["people"]} for n in range(6)
    ]
    return json.dumps({"fps": 25, "width": 640, "height": 480, "frames": frames}).encode()


def _dataset() -> bytes:
    return json.dumps(coco([image(n, f"w/{n}.jpg") for n in range(5)], [annotation(n) for n in range(5)])).encode()


VALID: dict[str, Callable[[Path], bytes]] = {
    "film.json": lambda folder: _film(),
    "coco.json": lambda folder: _dataset(),
    "sleap.h5": _made(lambda path: analysis(path, flies().transpose(0, 3, 2, 1), varying=True), ".h5"),
    ".slp": _made(labels, ".slp"),
    "deeplabcut.csv": _made(
        lambda path: table(path, columns(), [(str(n),) for n in range(6)], mouse().reshape(6, -1)), ".csv"
    ),
    "deeplabcut.h5": _made(lambda path: as_table(path, columns(), mouse().reshape(6, -1)), ".h5"),
    "labelled.h5": _made(lambda path: as_fixed(path, columns(), mouse().reshape(6, -1)), ".h5"),
    "romp.npz": lambda folder: _npz(results=np.array(results(-1, 1), dtype=object)),
    "panoptic.pkl": lambda folder: pickle.dumps({"db": [{"image": "a/b/c_0.jpg", "joints_3d": results(1)["joints"]}]}),
    "images.npz": lambda folder: images(COCO, [f"S1_Seq1_Cam0_{n:06d}.jpg" for n in range(5)]),
}
"""What makes a small valid file of every format, by a name that ends in its suffix."""
