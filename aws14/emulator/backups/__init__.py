"""AWS Backup: plans, selections, jobs, recovery points, restores.

======================  ================================================================================
``records``             what an account has in a region, as plain objects that are saved with the cloud
``refusals``            what Backup says no to, in its words
``resources``           what can be backed up, one module a kind: how it is found, taken, copied, restored
``selecting``           which resources a selection takes
``lifecycles``          cold storage, expiry, and the lock of a vault
``jobs``                backup jobs on the clock
``copies``              copy jobs, to another region or account
``restores``            restore jobs
``planning``            the rules of plans at their times
``automatic``           the vault and the plan that AWS makes for EFS
``testing``             restore testing plans at their times
``telling``             events and notifications
``*_api``               the operations, as moto writes its own
======================  ================================================================================
"""
