"""Coverage-guided fuzzing: `python -m fuzz [--minutes M] [--only TARGET]`, which is `make fuzz [MINUTES=10]`.

`targets` says what is tried and what has to hold, `seeds` with what it begins, `one` runs one target under atheris.
"""
