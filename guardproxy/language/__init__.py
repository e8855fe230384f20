"""Text to terms: a policy file becomes a `Policy`, or diagnostics that say what to mend."""
