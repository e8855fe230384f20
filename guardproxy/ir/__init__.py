"""Terms, the waist of the house: what a rule says, independent of how it was written and of how it is checked.

`types` (values and their four states) < `terms` (conditions and expressions) < `policy` (rules, examples).
`measures` and `currencies` are the one table of units and the one of currencies.
`build` makes terms and simplifies them, `substitute` puts values in, `walk` visits them, `printed` shows terms and
values to people, `written` writes values as the language reads them, `evaluate` is the reference meaning, `calendar`
counts months for it.
Everyone above may import it; it imports `conversation`, `diagnostics`, `exact_json` and `source` only.
"""
