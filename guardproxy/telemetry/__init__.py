"""Every metric declared in one file; logs."""
