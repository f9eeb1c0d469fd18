"""What to believe: claims reconciled, futures weighed, parameters calibrated before the freeze."""
