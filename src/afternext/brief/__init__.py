"""The briefing: pictures, tables and a summary page made from a run. Nothing here changes a run."""
