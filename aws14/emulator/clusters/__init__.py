"""EKS: clusters on the clock, their nodes in Auto Scaling groups, who may ask, and the endpoint that answers.

`records` has what is kept beyond moto's own objects. Kubernetes itself is in `aws14.emulator.kubernetes`, which sees
this room through `cluster_view` and is asked by the `endpoint`.
"""
