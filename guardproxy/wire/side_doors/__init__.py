"""Dialects of the side doors: endpoints that ask no model, and those that answer with more than words.

`door` is what they have in common; `documents` judges any JSON as a whole, or searches it; `parts` reads one of several
stored answers, `lists` many of them in a body, `lines` those in the files of batches; `measures` proves that vectors
and scores are nothing else; `transcripts` and `pictures` judge what is said in and beside speech and pictures; `forms`
reads requests that carry a file. Which endpoint is read by which, `surfaces` says.
"""
