"""The audit log: every check, alert and large sync, in a chain of MACs that shows any change.

chain         entries and what is wrong with them (pure)   head       the sealed head and the incidents (pure)
entries       the table of entries                         head_store the tables of the head and the incidents
transactions  append, erase, purge with full verification  append     the fast append and the group commit
log           AuditLog, which the other packages use       models     the tables
"""
