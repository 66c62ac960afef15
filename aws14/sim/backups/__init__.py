"""Backups: which copies a plan keeps, what each failure leaves of them, and what coming back takes.

`generations`: what a plan has kept on a day. `copies`: where copies stand and who can delete them. `failures`: what
each failure destroys. `outcomes`: what is left then. `years`: thousands of years of failures. `restoring`: a drill with
a stopwatch. `changed_blocks`: how large incremental snapshots are. `proving`: backups that were never restorable.
`built`: the copies that were built.
"""
