"""What many futures say together: analyses of scenarios and runs. Nothing here changes a run."""
