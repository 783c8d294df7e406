"""Pickles without Python's own machine for them: what reads them, and what torch.save wrote."""
