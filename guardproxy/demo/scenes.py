"""The conversations of the demonstration: what the user asks, what is known, and what the model answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from guardproxy.exact_json import dumps

Message = dict[str, Any]

POLICIES = ("privacy", "lending", "dosing", "refunds")
"""The packs that judge every scene together. None has a rule that asks again: such a rule holds every stream back."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One exchange. `question` is the user's last message, by which the model server recognises the scene.

    `answer` is the model's message. `remark` says what there is to see. `facts` are what the operator's gateway would
    sign for this request.
    """

    title: str
    policy: str
    question: str
    answer: Message
    remark: str
    stream: bool = False
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    before: tuple[Message, ...] = ()
    wants_json: bool = False

    def request(self, model: str) -> dict[str, Any]:
        """The body of the chat request."""
        body: dict[str, Any] = {
            "model": model,
            "messages": [*self.before, {"role": "user", "content": self.question}],
            "stream": self.stream,
        }
        if self.wants_json:
            body["response_format"] = {"type": "json_object"}
        names = dict.fromkeys(call["function"]["name"] for call in self.answer.get("tool_calls", ()))
        if names:
            body["tools"] = [_tool(name) for name in names]
        return body


def says(text: str, **other: Any) -> Message:
    return {"role": "assistant", "content": text, **other}


def offers(**offer: Any) -> Message:
    return says(dumps(offer))


def calls(*wanted: tuple[str, dict[str, Any]]) -> Message:
    tool_calls = [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": dumps(arguments)}}
        for number, (name, arguments) in enumerate(wanted, start=1)
    ]
    return {"role": "assistant", "content": None, "tool_calls": tool_calls}


def scenes(today: date) -> tuple[Scene, ...]:
    """All scenes in the order of the show. `today` places the orders of the refund desk."""
    return tuple(scene for part in (_privacy, _lending, _dosing) for scene in part()) + _refunds(today)


def _tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def _privacy() -> tuple[Scene, ...]:
    return (
        Scene(
            "Small talk flows through",
            "privacy",
            "Do birds fly at night?",
            says("Some do: owls, nightjars and many songbirds on their way south. Herons prefer the day."),
            "nothing to hide, nothing to wait for",
            stream=True,
        ),
        Scene(
            "A card number, cut into pieces by the stream",
            "privacy",
            "Which card was charged?",
            says("Your card 4111 1111 1111 1111 was charged; parcel 4111 1111 1111 1112 is on its way."),
            "digits wait until they can no longer become a card; a wrong check digit is a parcel",
            stream=True,
        ),
        Scene(
            "A credential ends the answer",
            "privacy",
            "How do I sign in to the bucket?",
            says("Set the key to AKIAIOSFODNN7EXAMPLE and write to bob@example.org for the rest."),
            "what was sent before is a prefix of clean text; not one letter of the key leaves",
            stream=True,
        ),
        Scene(
            "Secrets in the thinking, and a project nobody may name",
            "privacy",
            "When does it ship?",
            says("Project Heron ships in May. Ask help@example.com.", reasoning_content="bob@example.org told me."),
            "every channel is judged; our own address stays",
        ),
        Scene(
            "What a tool is told is text too",
            "privacy",
            "Please mail her number to the help desk.",
            calls(("send_mail", {"to": "help@example.com", "body": "SSN: 123-45-6789"})),
            "redacted inside the arguments, which stay valid JSON",
            stream=True,
        ),
    )


def _lending() -> tuple[Scene, ...]:
    silver = {"applicant": {"tier": "silver", "covered": True}}
    unknown = {"applicant": {"tier": "bronze"}}
    return (
        Scene(
            "An offer above two caps is lowered to the stricter one",
            "lending",
            "Offer me $5,000 over three years, silver tier.",
            offers(decision="approve", amount=5000, apr=36.5, term=36),
            "the smallest change that both rules accept",
            facts=silver,
            wants_json=True,
        ),
        Scene(
            "Nobody knows whether the borrower is covered",
            "lending",
            "Offer me $5,000, bronze tier.",
            offers(decision="approve", amount=5000, apr=38, term=36),
            "38% is right for some and wrong for others: not decided, so not sent",
            facts=unknown,
            wants_json=True,
        ),
        Scene(
            "... and at 36% it does not matter",
            "lending",
            "Offer me $5,000 at a fair rate, bronze tier.",
            offers(decision="approve", amount=5000, apr=36, term=36),
            "right for every possible borrower, so it passes without the fact",
            stream=True,
            facts=unknown,
            wants_json=True,
        ),
        Scene(
            "Approval is never promised",
            "lending",
            "Will I get the loan?",
            says("Of course, guaranteed approval within a day! Only the amount we cannot guarantee."),
            "the promise is replaced, the rest stays",
            stream=True,
            facts=silver,
        ),
    )


def _dosing() -> tuple[Scene, ...]:
    order = {"drug": "paracetamol", "dose": 400, "every": 6, "doses": 4}
    return (
        Scene(
            "A child of 20 kg",
            "dosing",
            "Fever, 20 kg. Please prescribe.",
            calls(("prescribe", order)),
            "15 mg/kg at once and 60 mg/kg a day, in steps of 5 mg",
            stream=True,
            facts={"patient": {"weight": 20}},
        ),
        Scene(
            "Nobody weighed the child",
            "dosing",
            "Fever. Please prescribe.",
            calls(("prescribe", order)),
            "held for a person, as the policy says",
        ),
    )


def _refunds(today: date) -> tuple[Scene, ...]:
    looked_up = (
        {"role": "user", "content": "My order A1 arrived broken."},
        calls(("lookup_order", {"order_id": "A1"})),
        {"role": "tool", "tool_call_id": "call_1", "content": dumps(_order(today))},
        says("Shall I refund it in two parts?"),
    )
    return (
        Scene(
            "Two refunds at once, more than was paid",
            "refunds",
            "Yes, half to my account and half to a gift card.",
            calls(_refund(), _refund(destination="gift_card")),
            "judged together; the later one gives way",
            stream=True,
            before=looked_up,
        ),
        Scene(
            "A refund without looking the order up",
            "refunds",
            "Yes, go ahead with order B2.",
            calls(_refund(order_id="B2")),
            "no tool call leaves, and the client sees a refusal it understands",
            stream=True,
        ),
        Scene(
            "Money to somewhere else",
            "refunds",
            "Yes, but to my cousin's account, please.",
            calls(_refund(destination="other")),
            "a supervisor decides",
            before=looked_up,
        ),
    )


def _refund(**changes: Any) -> tuple[str, dict[str, Any]]:
    return "refund", {"order_id": "A1", "amount": 50, "destination": "original"} | changes


def _order(today: date) -> dict[str, Any]:
    delivered = today - timedelta(days=10)
    return {"order_id": "A1", "status": "delivered", "total": 80, "delivered_on": delivered.isoformat()}
