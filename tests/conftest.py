"""For all tests: properties have no time limit for a single case, because a busy machine is not a wrong answer.

Where `CI` is set, properties try the same cases in each run, so that a change is judged by what it changes; everywhere
else they try new ones, and what they find becomes an explicit example.
"""

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
