"""Asks the ESC Router about one card. The only room that reaches out, and the only importer of `requests`.

config      what the operator chose             wire         one bounded GET, nothing ever followed
deadline    one bound over everything           connections  sockets whose reads end with the deadline
permits     how many calls at once              reply        status and body → answer (pure)
ceiling     how many calls a second             cards        both shapes of a card → KnownCard (pure)
order       which endpoint comes first          strict_json  JSON that cannot say two things (pure)
"""
