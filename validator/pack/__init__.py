"""What a device needs to answer without a network: the site's recent answers, as keyed hashes of its own.

Not the server's own keys: a device that is lost gives away what its pack's key opens, and no more.
"""
