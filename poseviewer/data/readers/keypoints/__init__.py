"""What pose estimators and annotators write: joints in an image, or lifted out of it."""
