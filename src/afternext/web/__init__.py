"""The workbench: a local server and the page it serves. No analysis happens here."""
