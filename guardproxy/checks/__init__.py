"""Terms to executable checks, and checks to a verdict."""
