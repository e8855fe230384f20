"""Whether a text, or the beginning of one, conforms to an output grammar (Lark) or a JSON Schema.

| module          | what is here                                                                               |
|-----------------|--------------------------------------------------------------------------------------------|
| `shapes`        | `why_refused`, `shape`, and the two interfaces `Shape` and `Watch`: start here               |
| `grammar_file`  | the author's grammar, loaded and expanded by Lark: the only door to it here                  |
| `terminals`     | terminals as small programs, from the trees of `patterns.syntax`                             |
| `scanner`       | their automaton, built while texts are read; `rules` is the automaton of the rules           |
| `recogniser`    | tokens in, alive or not out, for any context-free grammar                                    |
| `grammar_shape` | the two together, character by character                                                     |
| `schema_file`   | a JSON Schema, read and checked; `schema_terms` are its keywords                             |
| `schema_judge`  | three-valued: what a value that may still be arriving says to a schema                       |
| `schema_shape`  | the judge on a text that arrives                                                             |
| `schema_why`    | what is wrong with a value that does not conform, in words; `places` says where in a text    |

Checks and streaming import this package; it knows the patterns and nothing further out. It reads no files: the texts of
grammars and schemas come from outside.
"""

from guardproxy.conformance.shapes import Shape, Watch, shape, why_refused

__all__ = ["Shape", "Watch", "shape", "why_refused"]
