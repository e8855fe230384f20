"""Events in, commands out: what of an answer may be sent, and when."""
