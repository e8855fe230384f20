"""`python -m guardproxy`: the same as the command `guardproxy`."""

import sys

from guardproxy.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
