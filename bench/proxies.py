"""Runs one of the two proxies: `python -m bench.proxies passing|guarding PORT UPSTREAM [POLICY ...]`."""

import sys

import uvicorn

from bench.passing import PassingOn
from guardproxy.proxy.serve import run
from guardproxy.settings import read_settings


def main() -> None:
    kind, port, upstream, *policies = sys.argv[1:]
    if kind == "passing":
        uvicorn.run(
            PassingOn(upstream),
            port=int(port),
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            log_level="warning",
        )
        return
    flags = {"upstream": upstream, "policies": tuple(policies), "port": int(port), "admin_port": 0}
    run(read_settings({**flags, "allow_no_policy": True}, None, {}))


if __name__ == "__main__":
    main()
