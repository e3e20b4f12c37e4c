"""Checks an installation from the machine that it runs on, and says what to do about each fault.

facts     what was found (frozen)              finding   one line of the result (frozen)
host      finds the facts of this machine      storage, services_used, router_findings, site_findings
site      finds the facts of the public address           facts → findings (pure)
run       all of them, in parallel, by a deadline
"""
