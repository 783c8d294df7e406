import numpy as np
import torch

from poseviewer.nets.networks.window_generator import WindowGenerator, WindowGeneratorConfig
from poseviewer.nets.protocols import Placement
from poseviewer.nets.spaces import image_motion


def network() -> WindowGenerator:
    torch.manual_seed(0)
    made = WindowGenerator(WindowGeneratorConfig(inputs=7, context=4, hidden=16, depth=2, noise=3))
    with torch.no_grad():
        made.last.weight.normal_(std=5.0)
    return made.eval().requires_grad_(False)


def test_the_first_frame_stands_for_those_before_it_and_old_ones_are_forgotten() -> None:
    made, frames = network(), torch.randn(6, 2, 7)
    memory = made.read(frames[0], made.start(2))
    torch.testing.assert_close(memory, frames[0][:, None].expand(2, 4, 7))
    for frame in frames[1:]:
        memory = made.read(frame, memory)
    torch.testing.assert_close(memory, frames[2:].transpose(0, 1))


def test_a_frame_stays_within_the_range_or_goes_no_farther_out() -> None:
    made = network()
    inside, outside = torch.zeros(1, 7), torch.full((1, 7), 3.0)
    for frame, low, high in ((inside, -1.0, 1.0), (outside, -1.0, 3.0)):
        memory = made.read(frame, made.start(1))
        for _ in range(50):
            following = made.following(frame, memory, torch.randn(1, 3))
            assert following.min() >= low and following.max() <= high
            frame, memory = following, made.read(following, memory)


def test_a_small_pose_takes_small_steps() -> None:
    made = network()
    made.low.fill_(-9.0), made.high.fill_(9.0)
    small, large = torch.zeros(1, 7), torch.zeros(1, 7)
    small[0, -1] = -2.0
    moved = [made.following(f, made.read(f, made.start(1)), torch.zeros(1, 3)) - f for f in (small, large)]
    assert moved[0][0, -3:-1].abs().max() < 6.0 * np.exp(-2.0) + 1e-6 < moved[1][0, -3:-1].abs().max()


def test_the_image_motion_says_where_a_pose_stands() -> None:
    draw = np.random.default_rng(0)
    at = Placement(draw.normal(size=(5, 2)), np.zeros(5), np.exp(draw.normal(size=5)))
    motion = image_motion.features(at, 0.0, 30.0)
    elsewhere = Placement(np.zeros((5, 2)), np.zeros(5), np.ones(5))
    back = image_motion.moved(elsewhere, motion, np.zeros(5), 30.0)
    np.testing.assert_allclose(back.root, at.root)
    np.testing.assert_allclose(back.scale, at.scale)
    np.testing.assert_allclose(image_motion.by_hand(np.zeros((5, 3)), at, np.zeros(5)), motion)
