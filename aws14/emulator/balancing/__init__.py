"""Application Load Balancers at work: a request comes to a node, and an answer goes back.

================  =====================================================================================================
``nodes``         a load balancer's network interfaces, and its name in DNS
``front``         a node as the data plane sees it
``matching``      the conditions of a rule; the rule of a request
``pages``         what a load balancer answers by itself
``choosing``      which target group, which target; turns, weights
``cookies``       stickiness
``forwarding``    the request to a target, and its answer
``targets``       the targets of a group and where they are
================  =====================================================================================================

The state behind it, which target is healthy, is in `aws14.emulator.target_health`.
"""
