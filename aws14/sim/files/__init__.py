"""File servers: how fast shared files are served, over which line, and how they get into the cloud.

`throughput`: what EFS allows in each mode. `months`: a month of minutes through it. `servers`: what limits a server
with a disk. `shares`: the same of FSx. `small_files`: round trips over a long line. `gateways`: the cache and the line
of an office. `moving`: a first copy and its deltas. `losses`: a zone that breaks, and many who write one file.
`through`: a run of `aws14.sim.simulate` to a file system, by `operations` that are counted and `breaking` of zones.
"""
