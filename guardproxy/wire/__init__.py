"""Provider formats to our shapes and back; one module per dialect."""
