"""The server's side of HTTP/1.1, which takes requests for a path and for nothing else.

A request line may also name another server (`GET http://other/path`, `CONNECT other:443`). Nothing here follows that
name, and such a request is not served as if it had none.
"""

from guardproxy.proxy.protocol import BoundedProtocol
from guardproxy.wire.surfaces.routing import NO_PATH


class OriginFormProtocol(BoundedProtocol):
    def on_headers_complete(self) -> None:
        """What is no path becomes one that does not exist, so that it ends as any unknown endpoint."""
        if not self.url.startswith(b"/") or self.url.startswith(b"//"):
            self.url = NO_PATH.encode("ascii")
        super().on_headers_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Each such request is answered, so that a line in the log for each would only help whoever floods it."""
