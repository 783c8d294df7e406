"""glTF as an independent reader has it: the joints stand where the motion has them, and the mesh hangs on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
from numpy.typing import NDArray

from poseviewer.data.dataset import Dataset
from poseviewer.export.motions.gltf import losses, write, written_here
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from tests.export.conftest import swing
from tests.export.motions.test_bvh import RIG, moving

NUMBERS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def array(file: pygltflib.GLTF2, number: int) -> NDArray[Any]:
    accessor = file.accessors[number]
    view = file.bufferViews[accessor.bufferView]
    kind = np.dtype("<u2" if accessor.componentType == pygltflib.UNSIGNED_SHORT else "<f4")
    blob = file.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
    assert view.byteOffset % 4 == 0 and len(blob) == accessor.count * NUMBERS[accessor.type] * kind.itemsize
    return np.frombuffer(blob, kind).reshape(accessor.count, -1)


def played(path: Path, names: tuple[str, ...]) -> tuple[pygltflib.GLTF2, NDArray[Any], NDArray[Any]]:
    """The file, seconds (F,), and where its joints (F, J, 3) stand then, in the order of names."""
    file = pygltflib.GLTF2().load(str(path))
    (moves,) = file.animations
    told: dict[tuple[int, str], NDArray[Any]] = {}
    for channel in moves.channels:
        sampler = moves.samplers[channel.sampler]
        times = array(file, sampler.input)[:, 0]
        told[channel.target.node, channel.target.path] = array(file, sampler.output).astype(float)
    places: dict[int, NDArray[Any]] = {}

    def follow(node: int, at: NDArray[Any], turn: NDArray[Any]) -> None:
        own = file.nodes[node]
        away = told.get((node, "translation"), np.tile(own.translation, (len(times), 1)))
        places[node] = at + rotation.rotate(turn, away)
        turned = rotation.multiply(turn, np.roll(told[node, "rotation"], 1, axis=-1))
        for child in own.children:
            follow(child, places[node], turned)

    still = np.tile(rotation.IDENTITY, (len(times), 1))
    follow(file.scenes[0].nodes[0], np.zeros((len(times), 3)), still)
    order = [next(k for k in places if file.nodes[k].name == name) for name in names]
    return file, times, np.stack([places[k] for k in order], axis=1)


@pytest.mark.parametrize("kind", ["demo", "moving in their parents", "positions alone"])
def test_joints_stand_where_the_motion_has_them(kind: str, demo: Path, tmp_path: Path) -> None:
    with Dataset.open(demo) as dataset:
        clip = dataset.clip(dataset.find("kick"))
    if kind == "moving in their parents":
        clip = replace(moving(RIG, [2, 4], 0.3), fps=24.0)
    if kind == "positions alone":
        clip = replace(clip, rotations=None, skeleton=replace(clip.skeleton, offsets=None))
    list(write(clip, tmp_path / "a.glb"))
    assert written_here(tmp_path / "a.glb")
    file, times, places = played(tmp_path / "a.glb", clip.skeleton.joints)
    assert times == pytest.approx(np.arange(len(clip)) / clip.fps, abs=1e-5)
    assert places == pytest.approx(clip.positions, abs=1e-4)
    assert [file.nodes[k].name for k in file.skins[0].joints] == [*clip.skeleton.joints]


def test_what_is_unknown_stands_at_rest(tmp_path: Path) -> None:
    clip = moving(RIG, [2, 4], 0.3)
    positions = np.array(clip.positions)
    positions[3, 2] = np.nan
    list(write(replace(clip, positions=positions), tmp_path / "a.glb"))
    file, *_ = played(tmp_path / "a.glb", clip.skeleton.joints)
    assert all(np.isfinite(array(file, number)).all() for number in range(len(file.accessors)))


def test_the_mesh_hangs_on_the_joints_at_rest(tmp_path: Path) -> None:
    clip = swing()
    list(write(clip, tmp_path / "a.glb"))
    file, *_ = played(tmp_path / "a.glb", clip.skeleton.joints)
    (primitive,) = file.meshes[0].primitives
    corners, bound = array(file, primitive.attributes.POSITION), array(file, primitive.attributes.JOINTS_0)
    weights, faces = array(file, primitive.attributes.WEIGHTS_0), array(file, primitive.indices).reshape(-1, 3)
    assert weights.sum(axis=1) == pytest.approx(1.0) and faces.max() < len(corners)
    inverse = array(file, file.skins[0].inverseBindMatrices).reshape(-1, 4, 4)
    offsets = np.array([node.translation for node in file.nodes[:-1]])
    rest = kinematics.rest_positions(offsets, clip.skeleton.parents)  # type: ignore[arg-type]
    assert inverse[:, 3, :3] == pytest.approx(-rest, abs=1e-6)
    for first in range(0, len(corners), 6):  # each octahedron begins at the joint that turns it
        assert corners[first] == pytest.approx(rest[bound[first, 0]], abs=1e-6)


def test_what_is_lost_is_said_and_2d_is_refused(tmp_path: Path) -> None:
    assert any("frame rate" in lost for lost in losses(swing()))
    flat: Clip = swing(loop=True).project(0.5)
    with pytest.raises(Exception, match="2D, and glTF needs"):
        list(write(flat, tmp_path / "a.glb"))
    assert not list(tmp_path.iterdir())
