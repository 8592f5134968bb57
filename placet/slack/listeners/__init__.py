"""What Placet listens to in Slack, one idea a file.

Each file holds what is done with one kind of thing that people do: say something, press a button,
send a form. `CATALOGUE` lists them all, flat; the app registers exactly these and the manifest
subscribes to exactly these. A listener checks, writes one transaction and answers; all other work
is the worker's.
"""

from .catalogue import CATALOGUE
from .listener import Listener

__all__ = ["CATALOGUE", "Listener"]
