"""Text patterns on one linear-time engine."""
