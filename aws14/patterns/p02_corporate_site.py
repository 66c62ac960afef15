"""Corporate site: two of everything, spread over two zones behind a load balancer, with a database that heals itself.

Problem: the face of a company must stay up when a server or a whole zone is lost, with nobody on call.
Solution: an Application Load Balancer in two zones, web servers cloned from one image, RDS Multi-AZ, encryption that
ends at the load balancer; files that are alike for everybody in S3 behind CloudFront.
"""

from __future__ import annotations

from aws14.patterns.p02_checks import checks
from aws14.patterns.p02_day import ASSUMPTIONS, BRIEF, scenario
from aws14.patterns.p02_drawing import design
from aws14.patterns.p02_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"]
