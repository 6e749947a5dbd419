"""`python -m anyhost`."""

import sys

from anyhost.cli import main

if __name__ == "__main__":
    sys.exit(main())
