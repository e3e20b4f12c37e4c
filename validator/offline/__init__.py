"""Checks without a network: the offline pack that devices fetch, and the checks that they deliver later.

deferred          deferred checks: accepted once, answered by the Router, the answer is kept
deferred_records  their table
pack              one page of what changed since a device's last sync, and its cursor
pack_rows         one row: content, key, encryption           pack_writer   derives new rows in the background
pack_store        salts and rows in a SQLite file             pack_schema   the tables of that file
"""
