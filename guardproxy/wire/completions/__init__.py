"""Legacy completions (`POST /v1/completions`): a choice has a `text`, and no message around it.

`shape` makes chat choices of them and back, so that `whole` and `stream` go the way of chat completions; `requests`
reads what is asked, `logprobs` what repeats the text token by token. `dialect` offers them all.
"""
