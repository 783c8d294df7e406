"""What is done with a network: projections of its latents, rollouts, evaluation."""
