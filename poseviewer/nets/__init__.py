"""Networks: the only layer that sees features, devices and dtypes."""
