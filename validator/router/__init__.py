"""Asks the ESC Router about one card. The only room that reaches out, and the only importer of `requests`.

client      one check, within one deadline      wire         one bounded GET, nothing ever followed
asking      one endpoint, once more at most     connections  sockets whose reads end with the deadline
config      what the operator chose             reply        status and body → answer (pure)
deadline    one bound over everything           cards        both shapes of a card → KnownCard (pure)
permits     how many calls at once              strict_json  JSON that cannot say two things (pure)
ceiling     how many calls a second             alarm        tells once that the Router refuses us
route       web proxy and certificates          outcomes     how the latest calls went, for log and health
failures    exceptions → what went wrong (pure) setting_types  the settings that choose all this
breaker     whether to ask at all just now      skew         how far our clock is from the Router's
order       which endpoint comes first          health       what all this looks like from outside
"""
