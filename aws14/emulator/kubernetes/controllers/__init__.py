"""The controllers of a cluster: each looks at what is there and does the next step towards what is wanted.

They run when something they look at has changed, and when they asked to be woken; nothing polls (`loop`).
"""
