"""Rules that rest on the conversation: the client sends it, so whoever writes the client can write another one."""

from collections.abc import Iterator

from guardproxy.diagnostics import Diagnostic
from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.terms import CalledBefore, CallsSoFar, ResultField, TotalPerKey, UserSays, Variable
from guardproxy.ir.walk import variables, whole


def advisories(policy: Policy) -> Iterator[Diagnostic]:
    """A remark for each rule of the policy's own whose verdict changes with what the conversation says happened."""
    for rule in policy.rules:
        read = dict.fromkeys(said for v in _read(rule) if (said := _from_conversation(v)))
        if not read or rule.id in policy.inherited:
            continue
        message = f"`{rule.id}` believes the conversation, which the client sends: {', '.join(read)}"
        help_ = "none is needed where you trust the client; else let the tool check it once more before it acts"
        yield Diagnostic("I404", message, rule.span, help_, "info", "advisory", (rule.id,))


def _read(rule: Rule) -> tuple[Variable, ...]:
    return (*variables(rule.applies), *variables(rule.demands))


def _from_conversation(variable: Variable) -> str:
    """What is read there, in words; empty for what is found elsewhere."""
    match whole(variable).origin:
        case ResultField(look_up):
            return f"what `{look_up.tool}` returned"
        case CalledBefore(tool):
            return f"whether `{tool}` was called before"
        case CallsSoFar(tool, "conversation"):
            return f"how often `{tool}` was called"
        case TotalPerKey(tool):
            return f"the total of earlier calls to `{tool}`"
        case UserSays():
            return "what the user said"
    return ""
