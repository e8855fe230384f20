"""The HTTP side: routes, one exchange, the upstream door."""
