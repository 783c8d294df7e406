"""Skeletons, rotations, kinematics and clips; numpy only."""
