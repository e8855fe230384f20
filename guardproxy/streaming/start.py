"""What is known before an answer begins: what its texts are watched for, and which of them wait for the end."""

from dataclasses import dataclass, replace

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.observation import Observation
from guardproxy.checks.rules import CompiledRule
from guardproxy.patterns.text_gate import WatchList
from guardproxy.streaming.claims import claim_watches
from guardproxy.streaming.reading import Readers
from guardproxy.streaming.shapes import Demanded, demanded


@dataclass(frozen=True, slots=True)
class Start:
    """`reply` is about what the user reads, `other` about any other text and the strings of calls."""

    reply_list: WatchList
    other_list: WatchList
    reply_waits: bool
    other_waits: bool
    demands: tuple[Demanded, ...] = ()
    undecided: tuple[CompiledRule, ...] = ()
    """Rules on spans and shapes that cannot be watched for yet, so that the texts which they read wait."""

    def watches(self, is_reply: bool) -> WatchList:
        return self.reply_list if is_reply else self.other_list

    def waits(self, is_reply: bool) -> bool:
        return self.reply_waits if is_reply else self.other_waits

    @property
    def rewrites(self) -> bool:
        """Whether texts may be rewritten, so that what is sent differs from what arrived."""
        return len(self.reply_list.stages) > 1 or len(self.other_list.stages) > 1


def at_start(compiled: CompiledPolicies, readers: Readers, seen: Observation) -> Start:
    """Looks at the case. What only a solver can say is wanted in `seen.memory` (`judging.asking`)."""
    reactions, undecided = compiled.rewriter.reactions(seen)
    demands, undemanded = demanded(readers.of_shape, seen)
    open_rules = (*undecided, *undemanded)
    wait_reply, wait_other = readers.waiting_for_text(seen, open_rules)
    at_end = compiled.release_at_end
    wait_reply = wait_reply or (readers.appends and seen.situation.wants_json)
    return Start(
        reply_list=compiled.rewriter.watch_list("reply", reactions, claim_watches(readers.claims, seen)),
        other_list=compiled.rewriter.watch_list("any", reactions),
        reply_waits=wait_reply or at_end,
        other_waits=wait_other or at_end,
        demands=tuple(demands),
        undecided=open_rules,
    )


def looked_again(
    start: Start, compiled: CompiledPolicies, readers: Readers, seen: Observation, is_prose: bool
) -> Start:
    """What still waits once it is known how the reply begins, or that it is no JSON object."""
    wait_reply, wait_other = readers.waiting_for_text(seen, start.undecided, is_prose)
    at_end = compiled.release_at_end
    mended = readers.appends and seen.situation.wants_json and not is_prose
    return replace(
        start,
        reply_waits=start.reply_waits and (wait_reply or mended or at_end),
        other_waits=start.other_waits and (wait_other or at_end),
    )
