"""Many futures: sample what is uncertain, run it, store it, resume it, read it back as xarray.

Import from the modules (`afternext.ensemble.run`, `afternext.ensemble.show`); nothing heavy is loaded here.
"""
