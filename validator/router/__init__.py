"""Client for the ESC Router: one card in, one answer out. The only package that imports `requests`.

client           one check, within one deadline    transport    one bounded GET, redirects never followed
call             one request to one endpoint       connections  sockets whose reads end at the deadline
circuit_breaker  stop calling a Router that fails  reply        status and body → answer (pure)
limits           calls at once and per second      cards        both shapes of a card → KnownCard (pure)
config           the operator's settings           answers      the values that the client returns (pure)
route            web proxy, TLS certificates       failures     exception → RouterFailure (pure)
runtime          injectable clocks, deadline       clock_skew   how far our clock is from the Router's
probe            one try of each endpoint, for the doctor    server_certificate  one that was not accepted
health           recent calls, for log and health page
"""
