"""Runs one of the two proxies: `python -m bench.proxies passing|guarding PORT UPSTREAM [POLICY ...]`.

Both run on the same server with the same settings; only the application differs.
"""

import sys

import uvloop

from bench.passing import PassingOn
from guardproxy.proxy.serve import listening_socket, quieten_collector, run, server_of
from guardproxy.proxy.upstream import Upstream
from guardproxy.settings import Settings, read_settings


async def pass_on(settings: Settings) -> None:
    async with Upstream(settings.upstream, settings.limits, settings.timeouts) as upstream:
        quieten_collector()
        await server_of(PassingOn(upstream), settings).serve([listening_socket(settings.host, settings.port)])


def main() -> None:
    kind, port, upstream, *policies = sys.argv[1:]
    flags = {"upstream": upstream, "policies": tuple(policies), "port": int(port), "admin_port": int(port) + 100}
    settings = read_settings({**flags, "allow_no_policy": True}, None, {})
    if kind == "passing":
        uvloop.run(pass_on(settings))
    else:
        run(settings)


if __name__ == "__main__":
    main()
