import json
import pickle
import resource
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import checkpoint, container
from poseviewer.nets.models.load import load_model

EMBEDDING = paths.models() / "humanoid-embedding.safetensors"
GENERATOR = paths.models() / "humanoid-generator-latent.safetensors"
CLASSIFIER = paths.models() / "penn-classifier.safetensors"


class Bomb:
    """Unpickling it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def header_of(data: bytes) -> tuple[dict, bytes]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def packed(header: dict, tensors: bytes) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + tensors


def with_document(data: bytes, **changes) -> bytes:
    header, tensors = header_of(data)
    document = json.loads(header["__metadata__"][container.DOCUMENT])
    header["__metadata__"][container.DOCUMENT] = json.dumps({**document, **changes})
    return packed(header, tensors)


def damaged(good: bytes, count: int):
    """`count` seeded ways to spoil a file, each with its name."""
    draw = np.random.default_rng(20)
    header, tensors = header_of(good)
    names = [name for name in header if name != "__metadata__"]
    document = json.loads(header["__metadata__"][container.DOCUMENT])
    for k in range(count):
        match k % 10:
            case 0:
                yield "cut short", good[: int(draw.integers(0, len(good)))]
            case 1:
                data = bytearray(good)
                for _ in range(8):
                    data[int(draw.integers(0, len(data)))] ^= 1 << int(draw.integers(0, 8))
                yield "bits flipped", bytes(data)
            case 2:
                data = bytearray(good)
                data[int(draw.integers(8, 4000))] ^= 1 << int(draw.integers(0, 8))
                yield "header flipped", bytes(data)
            case 3:
                yield "huge header", int(draw.integers(2**23, 2**62)).to_bytes(8, "little") + good[8:]
            case 4:
                entry = {**header[names[k % len(names)]], "shape": [2 ** int(draw.integers(20, 60)), 3]}
                yield "huge tensor", packed({**header, names[k % len(names)]: entry}, tensors)
            case 5:
                entry = dict(header[names[k % len(names)]])
                entry["data_offsets"] = [int(draw.integers(-10, 99)), int(draw.integers(-10, 2**40))]
                yield "lying offsets", packed({**header, names[k % len(names)]: entry}, tensors)
            case 6:
                wrong = [
                    {"dtype": "F16"},
                    {"dtype": "OBJ"},
                    {"shape": [-1]},
                    {"shape": "x"},
                    {"shape": [True]},
                    {"dtype": 4},
                ]
                entry = {**header[names[k % len(names)]], **wrong[(k // 10) % len(wrong)]}
                yield "lying entry", packed({**header, names[k % len(names)]: entry}, tensors)
            case 7:
                config = [
                    {"inputs": 10**12},
                    {"hidden": 8000},
                    {"depth": 10**9},
                    {"latent": -1},
                    {"hidden": "256"},
                    {"x": 1},
                    {},
                ]
                change = config[(k // 10) % len(config)]
                yield "lying config", with_document(good, config={**document["config"], **change} if change else {})
            case 8:
                wrong = [
                    {"format": 99},
                    {"kind": "virus"},
                    {"kind": "generator"},
                    {"kind": "classifier"},
                    {"architecture": "os.system"},
                    {"skeleton": {}},
                    {"skeleton": {**document["skeleton"], "parents": [5] * 18}},
                    {"features": {}},
                    {"fps": "fast"},
                    {"generation": {"context": 10**9}},
                ]
                yield "lying document", with_document(good, **wrong[(k // 10) % len(wrong)])
            case _:
                junk = [
                    b"",
                    b"\0" * 9,
                    b"{}",
                    pickle.dumps([1] * 99),
                    draw.bytes(5000),
                    b"[" * 10**6,
                    (8).to_bytes(8, "little") + b"[[[[[[[[",
                ]
                deep = (3 * 10**6).to_bytes(8, "little") + b'{"a":' * 600_000 + b" " * 10
                yield "junk", [*junk, deep][(k // 10) % 8]


@pytest.mark.parametrize("source", [EMBEDDING, GENERATOR, CLASSIFIER], ids=["embedding", "generator", "classifier"])
@pytest.mark.filterwarnings("error")
def test_a_damaged_checkpoint_is_refused_in_one_sentence(tmp_path, source):
    from poseviewer.nets.models.load import load_model

    good = source.read_bytes()
    path = tmp_path / "damaged.safetensors"
    refused = 0
    for name, data in damaged(good, 100):
        path.write_bytes(data)
        tracemalloc.start()
        try:
            checkpoint.describe(path)
            load_model(path)
        except PoseviewerError as error:
            refused += 1
            assert str(error).startswith("damaged.safetensors") and str(error).endswith("."), (name, str(error))
            assert len(str(error)) < 250 and "\n" not in str(error)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 500e6, name
        assert list(tmp_path.iterdir()) == [path]
    assert refused >= 90  # a flipped bit in a figure of the card may go unseen


def test_a_renamed_pickle_is_not_opened(tmp_path):
    path, crater = tmp_path / "model.safetensors", tmp_path / "crater"
    path.write_bytes(pickle.dumps(Bomb(crater)))
    with pytest.raises(PoseviewerError):
        checkpoint.describe(path)
    assert not crater.exists()


def test_weights_that_are_not_finite_are_refused(tmp_path):
    card, tensors = checkpoint.load(EMBEDDING)
    name = next(name for name in tensors if name.startswith(checkpoint.NETWORK))
    spoiled = np.array(tensors[name])
    spoiled.flat[0] = np.nan
    path = tmp_path / "nan.safetensors"
    checkpoint.save(path, card.document, {**tensors, name: spoiled})
    with pytest.raises(PoseviewerError, match="not finite"):
        checkpoint.load(path)


def test_a_small_file_cannot_describe_a_huge_network(tmp_path):
    card, tensors = checkpoint.load(paths.models() / "penn-generator-raw.safetensors")
    config = {"inputs": 2048, "context": 2048, "hidden": 2048, "depth": 1, "noise": 16}  # 34 GB
    small = {name: tensor for name, tensor in tensors.items() if not name.startswith(checkpoint.NETWORK)}
    path = tmp_path / "small.safetensors"
    checkpoint.save(path, {**card.document, "config": config}, {**small, "network/linear.weight": np.ones(2048, "f4")})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PoseviewerError, match="do not fit the architecture"):
        load_model(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


@pytest.mark.parametrize("name", ["frame/std", "features/std"])
def test_a_normalisation_that_divides_by_nothing_is_refused(tmp_path, name):
    card, tensors = checkpoint.load(paths.models() / "humanoid-generator-raw.safetensors")
    path = tmp_path / "zero.safetensors"
    checkpoint.save(path, card.document, {**tensors, name: np.zeros_like(tensors[name])})
    with pytest.raises(PoseviewerError, match="above 0"):
        load_model(path)


def test_a_generator_that_made_another_height_is_refused(tmp_path):
    card, tensors = checkpoint.load(GENERATOR)
    path = tmp_path / "old.safetensors"
    generation = {key: value for key, value in card.document["generation"].items() if key != "height"}
    checkpoint.save(path, {**card.document, "generation": generation}, tensors)
    with pytest.raises(PoseviewerError, match="train it again"):
        load_model(path)


def test_a_checkpoint_from_the_future_says_so(tmp_path):
    path = tmp_path / "future.safetensors"
    path.write_bytes(with_document(EMBEDDING.read_bytes(), format=2))
    with pytest.raises(PoseviewerError, match="update poseviewer"):
        checkpoint.describe(path)


def test_a_foreign_safetensors_file_says_so(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "foreign.safetensors"
    save_file({"weight": np.ones(3, np.float32)}, path)
    with pytest.raises(PoseviewerError, match="not written by poseviewer"):
        checkpoint.describe(path)


def test_the_usual_library_reads_the_same_tensors():
    from safetensors.numpy import load_file

    _, tensors = checkpoint.load(GENERATOR)
    theirs = load_file(GENERATOR)
    assert theirs.keys() == tensors.keys()
    assert all(np.array_equal(theirs[name], tensors[name]) for name in theirs)


def test_a_saved_checkpoint_comes_back(tmp_path):
    card, tensors = checkpoint.load(EMBEDDING)
    path = tmp_path / "again.safetensors"
    checkpoint.save(path, card.document, tensors)
    again, same = checkpoint.load(path)
    assert again.document == card.document and again.parameters == card.parameters
    assert all(np.array_equal(same[name], tensors[name]) for name in tensors)
    assert [p.name for p in tmp_path.iterdir()] == ["again.safetensors"]


def test_describe_needs_no_torch():
    code = (
        "import sys; from poseviewer.nets.checkpoints.checkpoint import describe;"
        f"card = describe({str(GENERATOR)!r});"
        "print(card.kind, card.latent, card.context, card.fps, card.skeleton.name);"
        "sys.exit(any(name in sys.modules for name in ('torch', 'h5py', 'scipy', 'sklearn', 'PySide6')))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["generator", "16", "10", "30.0", "humanoid"]


def test_a_card_says_what_the_model_is():
    card = checkpoint.describe(GENERATOR)
    assert card.stochastic and card.representation == "directions" and card.parameters > 100_000
    assert card.embedding_id == checkpoint.describe(EMBEDDING).document["id"]
    assert card.trained_on["split"] == "train" and card.trained_on["command"].startswith("poseviewer train generator")


def test_names_in_a_checkpoint_are_made_printable(tmp_path):
    document = checkpoint.describe(CLASSIFIER).document
    classes = list(document["classes"])
    skeleton = {**document["skeleton"], "joints": list(document["skeleton"]["joints"])}
    classes[:2] = ["\x1b[31mrun\ud800", "run\ud800"]
    skeleton["joints"][0] = "\x07" + skeleton["joints"][0]
    path = tmp_path / "named.safetensors"
    trained_on = {"command": "\x1b]0;gone\x07train", "\u202ename": ["\udcff"]}
    path.write_bytes(with_document(CLASSIFIER.read_bytes(), classes=classes, skeleton=skeleton, trained_on=trained_on))
    card = checkpoint.describe(path)
    assert card.classes[:2] == ("run\N{REPLACEMENT CHARACTER}", "run\N{REPLACEMENT CHARACTER} 2")
    assert card.skeleton.joints == tuple(document["skeleton"]["joints"])
    assert card.trained_on == {"command": "train", "name": ["\N{REPLACEMENT CHARACTER}"]}
    assert load_model(path).classes == card.classes
