"""`diagnose` refuses what it would not heed."""

from __future__ import annotations

import pytest

from poseviewer.cli import main


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("m.safetensors --data d.h5 --folds 5", "--folds is of --self-test"),
        ("m.npz --reference d.h5 --leave-out walk", "--leave-out is of --self-test"),
        ("m.npz --self-test --reference d.h5", "--self-test is of --data alone"),
        ("--self-test --data d.h5 --leave-out walk --folds 5", "--leave-out does not go together with --folds"),
        ("--self-test --data d.h5 --model-folds m.safetensors", "--model-folds needs --model M"),
        ("m.npz --data d.h5 --reference d.h5", "either --data"),
        ("m.npz --reference d.h5 --horizon 60", "--horizon is of models, with --data D.h5: leave it out"),
        ("m.npz --reference d.h5 --seeds 4", "--seeds is of models"),
        ("m.npz --reference d.h5 --samples 2", "--samples is of models"),
        ("m.npz --reference d.h5 --split test", "--split is of models"),
        ("--self-test --data d.h5 --horizon 300", "--horizon is of models"),
        ("m.safetensors --data d.h5 --seed-frames 30", "--seed-frames is of motions"),
    ],
)
def test_flags_that_would_go_unheard_are_wrong_usage(capsys, asked, why):
    with pytest.raises(SystemExit) as ended:
        main(["diagnose", *asked.split()])
    assert ended.value.code == 2 and why in capsys.readouterr().err
