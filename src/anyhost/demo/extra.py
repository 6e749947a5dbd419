"""What the notebook does without the packages of `anyhost[demo]`."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def if_installed() -> Iterator[None]:
    """Leave the block at an import of what is not installed, with one line that says how to get it; and without a word
    at a name that such a block would have defined.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or str(error)).partition(".")[0]
        print(f"{package} is not installed here. To see this part: pip install 'anyhost[demo]'")
    except NameError:
        pass
