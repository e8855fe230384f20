"""A guardrail proxy with formal output constraints for OpenAI-compatible model servers."""

__version__ = "0.1.0"
