"""The one way from a caller's input to a verdict.

checker     text or picture in, verdict out, within the caller's limits and with an audit record
verifier    asks the cache, then the Router, and makes the verdict
remembered  the Router's answer as a cache entry, and back
"""
