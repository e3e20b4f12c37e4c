"""What a device needs to answer without a network: rows that open only with the number of their card.

sealing   from a number and a salt to a row's id and key; sealing and opening (no state)
body      what a row says: a fixed number of bytes (pure)
store     salts and rows in a file that the processes of one host share
writer    derives rows in one background thread, the only place that holds a number for longer than a request
cursor    how far a device has come        pack    one page of what changed since
"""
