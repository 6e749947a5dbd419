"""The reference host: as much of Jupyter as a widget sees, with the published packages of both ends."""
