"""The demonstration: a model server with scripted answers, the real proxy before it, and both sides shown.

`scenes` are the conversations, `model_server` speaks the chat API and answers with them, `client` sends one and
assembles what arrives, `stage` starts and stops the servers, `screen` shows one scene after the other. No key and no
network beyond loopback. Only the command line imports it.
"""
