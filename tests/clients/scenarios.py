"""All scenarios, by the name of the model that is asked for."""

from tests.clients.chat_answers import CHAT, LEGACY
from tests.clients.messages_answers import MESSAGES
from tests.clients.responses_answers import RESPONSES
from tests.clients.scenario import Scenario

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in (*CHAT, *LEGACY, *RESPONSES, *MESSAGES)}
assert len(SCENARIOS) == len(CHAT) + len(LEGACY) + len(RESPONSES) + len(MESSAGES), "two scenarios have one name"
