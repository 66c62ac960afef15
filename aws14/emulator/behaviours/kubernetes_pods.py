"""Pods of EKS clusters: controllers, scheduler, kubelets and services on the clock, programs as local processes.

What AWS does
    Inside a cluster Kubernetes keeps what was asked for: Deployments roll out, pods are placed by what they request,
    started from their images, probed, restarted, evicted from nodes that fall silent; services lead to ready pods, by a
    network load balancer too; autoscalers follow the load, and cluster-autoscaler the pods without a place.
What moto leaves out
    All of it: there is no Kubernetes behind its EKS.
What this adds
    The controllers of Deployments, ReplicaSets, DaemonSets, Jobs, CronJobs, HorizontalPodAutoscalers, nodes, endpoints
    and services, the scheduler, the kubelets, on AWS time, with the events and sentences of the real ones. Decisions
    are made by the functions of simulated runs (`aws14.sim.containers`). Containers of python, nginx and busybox images
    (Docker Hub, ECR Public) are processes of this machine, at most 24 of them and 8 of one owner; a pod beyond says so
    in the annotation ``aws14/process`` and is answered for by a sibling. Images of the account's own ECR run as the
    python image. Probes ask for real; while AWS time is advanced, one that just passed is not asked again, and one that
    holds is asked at longer and longer intervals, every five minutes in the end. What pods use is what the control API
    says (``pod_load``), spread over the ready ones.
What it still does not do
    StatefulSets, persistent volumes, network policies, preemption by priority, vertical autoscaling, ingress; sidecar
    containers that restart; other images' programs; kubectl exec, attach, port-forward; metrics of pods, objects or
    outside; affinity that is preferred; changes of a ConfigMap in running pods. A service of type LoadBalancer gets the
    network load balancer with targets by address that the AWS Load Balancer Controller makes, faces the Internet unless
    annotated, and serves HTTP. Node pressure is memory's alone. A program gets at most 5 s of real time to listen, and
    1 s at each look to end, when AWS time jumps over its start.
"""

from __future__ import annotations

from aws14.emulator.kubernetes import running

__all__ = ["install"]


def install() -> None:
    """Let controllers and kubelets follow the clusters, and the data plane find their load balancers."""
    # What a service of type LoadBalancer makes: its behaviours have to be installed before.
    import moto.elbv2.models  # noqa: F401

    running.begin()
