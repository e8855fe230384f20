"""Text patterns on one linear-time engine.

| module         | what is here                                                                                    |
|----------------|-------------------------------------------------------------------------------------------------|
| `scan`         | `FinderSet`: many finders in one text; how much of its end could still become a match            |
| `check`        | `why_refused`: why a finder cannot be used, for the policy's author                              |
| `detectors`    | the library of named patterns, as data; `check_digits` and `checks_*` are its check functions    |
| `claims`       | values read from sentences; `negation` in front of them                                         |
| `amounts`      | what a found value is, with `amount_words`, `number_words`, `dates_in_text`                      |
| `syntax`       | regular expressions, from text to `tree`; the tree prints the two expressions that run           |
| `probe`        | a finder made ready to run; `words` are its whole words in any script                            |
| `text_gate`    | `TextGate`: one text channel in, what may be sent out; `gate_stages` are its stages               |
| `decoders`     | views for `any text, decoded`; `encodings` finds base64, base32 and hexadecimal                  |
| `engine`       | the only door to google-re2                                                                      |

A *finder* is what a policy looks for; a *match* is where it is; to *hold* is not to send yet. Offsets count code
points. The language, checks and streaming import this package; it knows the terms of `ir` and nothing further out.
"""
