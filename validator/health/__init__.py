"""The health of the server, for monitors and managers. Nothing here sends a request to the Router.

status: the state of each part (frozen). probe: determines it. parts: each part in words.
"""
