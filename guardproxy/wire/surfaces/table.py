"""All rows in one table."""

from guardproxy.wire.surfaces.answers import ANSWERS
from guardproxy.wire.surfaces.beside import BESIDE
from guardproxy.wire.surfaces.endpoint import Endpoint
from guardproxy.wire.surfaces.refused import REFUSED
from guardproxy.wire.surfaces.stored import STORED

ENDPOINTS: tuple[Endpoint, ...] = (*ANSWERS, *STORED, *BESIDE, *REFUSED)
