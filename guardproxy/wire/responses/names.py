"""What is what in the items of a response: the calls, the ids, the protocol's own words, and what nobody can read."""

CALLS: dict[str, tuple[str, ...]] = {
    "function_call": ("arguments",),
    "mcp_call": ("arguments",),
    "mcp_approval_request": ("arguments",),
    "custom_tool_call": ("input",),
    "tool_search_call": ("arguments",),
    "code_interpreter_call": ("code",),
    "program": ("code",),
    "file_search_call": ("queries",),
    "web_search_call": ("action",),
    "computer_call": ("action", "actions"),
    "local_shell_call": ("action",),
    "shell_call": ("action",),
    "apply_patch_call": ("operation",),
}
"""Items that are calls, and the members that say what is asked for: those of the second and third group are named after
their type. Whether the provider has carried the call out already makes no difference: the model said it."""

NAMED = frozenset({"function_call", "mcp_call", "mcp_approval_request", "custom_tool_call"})
"""Calls that have a name of their own."""

WRITTEN_AS_JSON = frozenset({"function_call", "mcp_call", "mcp_approval_request"})
"""Calls whose arguments are a text that holds JSON. Those of others are judged as an object with their members."""

RESULTS: dict[str, tuple[str, ...]] = {
    "function_call_output": ("output",),
    "custom_tool_call_output": ("output",),
    "computer_call_output": ("output",),
    "local_shell_call_output": ("output",),
    "shell_call_output": ("output",),
    "apply_patch_call_output": ("output",),
    "program_output": ("result",),
    "tool_search_output": ("tools",),
}
"""Items with the result of an earlier call."""

IDS = frozenset(
    (
        *("id", "call_id", "item_id", "container_id", "file_id", "vector_store_id", "approval_request_id"),
        *("caller_id", "response_id", "created_by"),
    )
)
"""Names of things on the server: searched for what must not pass, but no text that rules read."""

OPAQUE = {
    "encrypted_content": "the provider's own memory of thoughts, which only it can read and which the next turn needs",
    "fingerprint": "which program this is, in the provider's own code; the next turn needs it",
    "result": "a picture in base64, where the item is an image generation",
    "partial_image_b64": "a picture in base64 that is not finished",
    "image_url": "where a picture is, or the picture itself; searched, and no text that rules read",
}
"""Members that cannot be judged as text, and why they pass all the same, once they have been searched for what must not
pass. Recorded speech never passes: it says the transcript again."""

PICTURES = frozenset({"image_generation_call"})
"""Items whose `result` is a picture; anywhere else it is text."""

SOUND = frozenset({"data", "audio", "output_audio", "audio_data"})

KEYS = frozenset(
    (
        *("action", "actions", "annotations", "annotation", "annotation_index", "approve", "async", "attributes"),
        *("background", "bytes", "caller", "code", "command", "command_index", "commands", "content", "content_index"),
        *("delta", "description", "diff", "end_index", "env", "environment", "error", "execution", "exit_code"),
        *("filename", "input_schema", "item", "logprob", "logprobs", "logs", "max_output_length", "namespace"),
        *("obfuscation", "operation", "outcome", "output", "output_format", "output_index", "outputs", "part", "path"),
        *("pattern", "pending_safety_checks", "phase", "partial_image_index", "quality", "queries", "query", "results"),
        *("revised_prompt", "score", "sequence_number", "server_label", "size", "sources", "start_index", "status"),
        *("stderr", "stdout", "summary", "summary_index", "timeout_ms", "title", "token", "tools", "top_logprobs"),
        *("transcript", "url", "user", "working_directory", "keys", "button", "x", "y", "scroll_x", "scroll_y"),
    )
)
"""Names of members that the API gives, besides `wire.places.PROTOCOL_KEYS`."""

TOOL_LISTS = frozenset({"mcp_list_tools", "tool_search_output", "additional_tools"})
"""Items that describe tools: what stands in their `tools` are definitions, with names that anybody may have given."""

ITEMS = frozenset(
    (
        *(*CALLS, *RESULTS, *TOOL_LISTS, "message", "reasoning", "compaction", "compaction_summary", "item_reference"),
        *("image_generation_call", "mcp_approval_response"),
    )
)
"""The kinds of items that we know."""

ASKING = frozenset(("user", "system", "developer"))
"""Roles of messages that no model wrote. Clients show the output texts of a message whatever its role is."""

WORDS: dict[str, frozenset[str]] = {
    "type": ITEMS
    | frozenset(
        (
            *("output_text", "refusal", "reasoning_text", "summary_text", "input_text", "input_image", "input_file"),
            *("output_audio", "computer_screenshot", "text", "logs", "image"),
            *("url_citation", "file_citation", "container_file_citation", "file_path", "url"),
            *("search", "open_page", "find_in_page", "find", "exec", "exit", "timeout", "direct"),
            *("click", "double_click", "drag", "keypress", "move", "screenshot", "scroll", "type", "wait"),
            *("create_file", "delete_file", "update_file", "function", "custom", "mcp", "local", "container_reference"),
        )
    ),
    "status": frozenset(
        (
            *("in_progress", "completed", "incomplete", "failed", "queued", "cancelled", "searching", "interpreting"),
            *("generating", "calling"),
        )
    ),
    "role": frozenset(("assistant", "user", "system", "developer", "tool", "unknown", "critic", "discriminator")),
    "phase": frozenset(("commentary", "final_answer")),
    "button": frozenset(("left", "right", "wheel", "back", "forward")),
    "execution": frozenset(("server", "client")),
    "output_format": frozenset(("png", "webp", "jpeg", "gif", "svg")),
    "quality": frozenset(("low", "medium", "high", "xhigh", "max", "auto")),
    "background": frozenset(("transparent", "opaque", "auto")),
}
"""Members whose listed values are the protocol's, not the model's. Any other value is judged like text."""
