"""A site that can be killed as a power cut would: every process of the web server, at once."""

from pathlib import Path
from typing import Any

from tests.served import Served


class KilledSite(Served):
    """The site with two web processes, to be killed and started again on the same address."""

    def __init__(self, folder: Path, **variables: str) -> None:
        super().__init__(folder, **variables)
        self.variables |= {"WEB_WORKERS": "2", "LOG_LEVEL": "ERROR"}

    def __enter__(self) -> "KilledSite":
        self.prepare()
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()
