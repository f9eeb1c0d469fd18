"""Forecasts on record: questions, answers from weighted futures, scores against what happened and baselines."""
