"""Checks: from what somebody brings to a verdict, within their limits and on the record."""
