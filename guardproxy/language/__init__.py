"""Text to terms: a policy file becomes schemas, rules and examples, or diagnostics that say what to mend.

In the order in which they work:
`tokens`, `stray`        characters to words, literals and signs
`items`, `parse`         tokens to the trees of top-level items, by `grammars/policy.lark` (`grammar`, `machine`)
`mistakes`, `expected`   what to say where a sentence does not go on (`stop`, then `resume`); `wording`, `habits`,
                         `date_habits`, `names_of_words`: what is said in other words
`read*`                  the parser's trees to the syntax tree: `phrases` (conditions, expressions), `syntax` (items)
`overlays`, `beside`     the baseline that a policy extends; the files that it names
`names`, `declarations`  who is called what; fields to types (`fields`, `constants`, `literals`, `other_dates`)
`rules`, `examples`      to terms: `clauses`, `subjects`, `conditions`, `comparisons`, `values`, `arithmetic`, `lists`,
                         `times`, `tables`, `texts`, `paths`, `presence`; `types` in the author's words; `place` is
                         where a phrase is read
`lower`                  all of that in order; warnings are in `remarks`, `remedies`, `example_slips` (`example_json`)
`layout`                 the canonical layout of a text, beside all that: `places`, `spacing`, `comments`

Words: a *phrase* is a condition or an expression as written; a *place* is where it is read. `pipeline` calls in here;
nothing below it may import it. Every step gives mistakes to a `collector` and goes on.
"""
