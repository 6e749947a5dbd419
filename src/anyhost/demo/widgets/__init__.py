"""Four small anywidgets, each a Python class with its front end beside it: `wave.py`, `wave.js`, `wave.css`.

They use nothing but anywidget's own interface, so they run in any host, and are meant to be copied.
"""

from .ask import Ask
from .compare import Compare
from .pond import Pond
from .wave import Wave

__all__ = ["Ask", "Compare", "Pond", "Wave"]
