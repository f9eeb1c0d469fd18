"""Forecasts on record: questions, answers from weighted futures, scores, baselines, hindcast."""
