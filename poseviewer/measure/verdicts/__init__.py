"""Whether verdicts can be trusted: known failures in real motion, and what is found of them."""
