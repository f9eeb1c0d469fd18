"""Rules that turn the dossier in ../shared/iraq into the tables of the shipped Iraq scenarios."""
