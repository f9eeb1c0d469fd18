"""Patterns: does the model bring about, by itself, what crises are known for?"""
