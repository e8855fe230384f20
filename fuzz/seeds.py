"""With what the fuzzer begins: the recorded answers, and for the other targets texts that mean something to them."""

from collections.abc import Iterator
from pathlib import Path

from tests.properties.disguising import DISGUISES
from tests.recorded.cases import SECRETS
from tests.recorded.recordings import RECORDINGS, STREAMS

_POLICIES = Path(__file__).resolve().parents[1] / "policies"

WORDS = (
    *(b'"type"', b'"text"', b'"content"', b'"delta"', b'"index"', b'"logprobs"', b'"tool_calls"', b'"arguments"'),
    *(b'"usage"', b"data: ", b"[DONE]", b"event: ", rb"\ud800", rb"\u0000", b"null", b"\n\n", b"\r", b"1e999"),
    *(b"&#52;", b"%34", "\u200b".encode(), "\U000e0031".encode(), b'policy "', b"rule ", b"  never any text contains "),
    *(secret.encode() for secret in SECRETS),
)


def seeds(target: str) -> Iterator[bytes]:
    if target == "answers":
        for number, recording in enumerate(RECORDINGS):
            yield bytes([number, number % 3, number % 50, number % 40]) + recording.body
    elif target == "events":
        yield from (b"\x09" + recording.body[:3000] for recording in STREAMS)
    elif target == "views":
        yield from (
            b"\x00" + f"It is {told(f'{secret} ')}.".encode() for secret in SECRETS for told in DISGUISES.values()
        )
    else:
        yield from (path.read_bytes()[:6000] for path in sorted(_POLICIES.glob("*.policy")))


def dictionary() -> str:
    """The words of the formats, as libFuzzer reads them."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in WORDS)
