"""Checks an installation from the machine that it runs on, and says what to do about each fault.

examine  all checks: which probe belongs to which judgement    run      in parallel, by a deadline
host     finds the facts of this machine (probe)               site     of the public address (probe)
finding  one line of the result (frozen)                       mail     to the helpdesk (pure)

Facts → findings, pure: configuration, storage, router_findings, service_findings, certificate, site_findings,
process_findings.
"""
