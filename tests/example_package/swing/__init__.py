"""A double pendulum for poseviewer."""
