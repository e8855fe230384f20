"""Where log lines go: standard error, one line each, from the wanted level on."""

import logging
from typing import Literal


def set_up(level: Literal["info", "warning"]) -> None:
    """Once in each process that serves. Warnings are for people; at `info`, each decision is one line of JSON."""
    log = logging.getLogger("guardproxy")
    log.setLevel(level.upper())
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
