"""The notebook that `anyhost demo` serves, and the widgets made for it."""

from pathlib import Path

NOTEBOOK = Path(__file__).with_name("notebook.py")
