"""Parameters of body models and robots, by forward kinematics on their mean skeleton."""
