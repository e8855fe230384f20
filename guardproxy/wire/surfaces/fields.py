"""What is done with the fields of each kind of answer, in the words of the published table."""

from guardproxy.wire.surfaces.endpoint import Field

ELSEWHERE = Field(
    "calls at any other place", "refused", "rules on calls would not read them; the whole answer is refused"
)
BESIDE = Field("everything beside them", "searched", "a member in which something is found is dropped or replaced")

CHAT_FIELDS = (
    Field("choices[]: every string, key and number", "judged", "each a channel named by its path"),
    Field("choices[].message.tool_calls, function_call", "judged", "as calls, by name and arguments"),
    ELSEWHERE,
    Field("choices[].logprobs", "dropped", "where anything was changed, and where they say more than the answer"),
    Field("tokens, token_ids, prompt_logprobs and the like", "dropped", "they say the text again"),
    Field("audio.data", "dropped", "it says the transcript again, and cannot be read"),
    Field("listed values of role, type, finish_reason", "passed", "they are the protocol's"),
    BESIDE,
)

COMPLETION_FIELDS = (
    Field("choices[].text", "judged", "as a reply, the echo of the prompt included"),
    Field("choices[]: every other string, key and number", "judged", "each a channel named by its path"),
    ELSEWHERE,
    Field(
        "choices[].logprobs", "dropped", "where anything was changed, where they say more than the text, and in streams"
    ),
    BESIDE,
)

RESPONSE_FIELDS = (
    Field("output[]: all texts of all messages", "judged", "as one text, a reply"),
    Field("output[]: function, custom, shell, computer and other calls", "judged", "as calls, by name and arguments"),
    Field("output[]: every other string, key and number", "judged", "each a channel named by its path"),
    Field("logprobs", "dropped", "where anything was changed, and where they say more than the answer"),
    Field("annotations", "judged", "they move with the text; those of a rewritten span are dropped"),
    Field("encrypted_content", "passed", "opaque to whoever reads it, and needed at the next turn"),
    Field("obfuscation", "dropped", "it stands for the length of another text"),
    BESIDE,
)

MESSAGE_FIELDS = (
    Field("content[]: all text blocks", "judged", "as one text, a reply"),
    Field("content[]: tool_use, server_tool_use, mcp_tool_use", "judged", "as calls, by name and arguments"),
    ELSEWHERE,
    Field("content[]: thinking", "judged", "thoughts that follow one another as one text"),
    Field("content[]: citations, results and every other string", "judged", "each a channel named by its path"),
    Field("signature", "passed", "encrypted, and needed at the next turn; it goes where the thoughts were rewritten"),
    Field(
        "redacted_thinking.data, encrypted_content, encrypted_index, encrypted_stdout",
        "passed",
        "encrypted, and needed at the next turn; emptied where something is found in them as they stand",
    ),
    Field("source.data of type base64", "dropped", "anybody can read it, but it cannot be judged"),
    BESIDE,
)

TRANSCRIPT_FIELDS = (
    Field("text, and plain texts and subtitles", "judged", "as a reply"),
    Field("segments[].text", "judged", "all together as one text"),
    Field(
        "words[]", "dropped", "unless they are those of the text, nothing was changed, and they may be read in a row"
    ),
    Field("segments[].tokens, logprobs", "dropped", "they say the text again"),
    Field("every other string", "judged", "as any text"),
)

PICTURE_FIELDS = (
    Field("data[].revised_prompt, data[].url, every other string", "judged", "as any text"),
    Field("data[].b64_json", "passed", "a picture is opaque: refuse the endpoint where pictures may show no text"),
)

VECTOR_FIELDS = (
    Field("data[].embedding", "passed", "proved to be numbers of a vector's size"),
    Field("answers and calls", "refused", "they would have to be judged as what they are"),
    Field("everything else", "searched", "what is found is replaced"),
)

LISTING_FIELDS = (
    Field("every string, key and number", "searched", "what is found is replaced by `withheld`"),
    Field("whatever has the shape of an answer", "refused", "it would have to be judged as one"),
)

DOCUMENT_FIELDS = (
    Field("every string, key and number", "judged", "as any text; a block is an error"),
    Field("whatever has the shape of a call", "judged", "as a call too; one that is not let through is emptied"),
    Field("whatever has the shape of an answer", "refused", "it would have to be judged as one"),
)

LINE_FIELDS = (
    Field("the answer in each line", "judged", "as its own endpoint's; what it holds says which that is"),
    Field("lines without an answer", "judged", "as any text; an error stands in the place of a blocked one"),
    Field("calls in these", "judged", "as calls too; one that is not let through is emptied"),
    Field("a second answer, and calls around one", "refused", "nobody could say which one is read"),
    Field("ids and codes around an answer", "searched", "what is found is replaced"),
)
