"""Checks that a device made without a network and delivers later: answered once, kept for the managers."""
