"""Containers: what Kubernetes decides, as functions of what it knows; and a run through pods.

The decisions stand alone, on small frozen nouns, so that the embedded AWS's controllers and the engine take the same
ones: `scheduling` (which node), `horizontal` (how many pods), `rollout` (which version), `eviction` (who must go),
`allocatable` and `fargate` (how much room), `node_autoscaling` (how many nodes).
"""
