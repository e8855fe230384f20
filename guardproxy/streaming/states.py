"""The life of one judged choice, as a table.

```
            text, call   freezing match   halting match   time passed   finished           interrupted
OPEN        OPEN         FROZEN           DOOMED          OPEN          COMPLETE/STOPPED   ABORTED
FROZEN      FROZEN       FROZEN           DOOMED          FROZEN        COMPLETE/STOPPED   ABORTED
DOOMED      DOOMED       DOOMED           DOOMED          STOPPED       STOPPED            ABORTED
ASKING      (the solver's answer comes first, then COMPLETE or STOPPED)                    ABORTED
STOPPED, COMPLETE, ABORTED: nothing changes them, nothing more is released
```

`FROZEN`: a rule asks to hold the answer or to ask the model again. Nothing is released any more, but reading goes on,
for a stronger rule may still block it. `DOOMED`: no completion can save the answer. Nothing is released any more; the
rest is read for a moment (`Wake`), so that the verdict names every rule, and then the answer stops.
What a stop looks like depends on whether anything was released before, for then the status code is gone; that is the
wire's affair.
"""

from enum import Enum, auto


class Phase(Enum):
    OPEN = auto()
    FROZEN = auto()
    DOOMED = auto()
    ASKING = auto()
    STOPPED = auto()
    COMPLETE = auto()
    ABORTED = auto()

    @property
    def over(self) -> bool:
        return self in (Phase.STOPPED, Phase.COMPLETE, Phase.ABORTED)
