"""OpenMiMo makes reasoning models and runs them. `openmimo.load("nano").ask("What is 15% of 80?")` is the shortest way in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openmimo.engine.session import Session

__version__ = "0.1.0"


def load(name: str = "nano", device: str = "cpu") -> "Session":
    """A session with a model by name, folder or GGUF file; see `openmimo.engine.session.Session`."""
    # Imported here so that `import openmimo`, and with it every --help, stays light.
    from openmimo.engine.load import load as load_model
    from openmimo.engine.session import Session

    return Session(load_model(name, device))
