"""Buckets answer at their names: the REST endpoint, and the website endpoint.

What AWS does
    ``<bucket>.s3.<region>.amazonaws.com`` gives an object to whoever may read it, over HTTP and HTTPS.
    ``<bucket>.s3-website-<region>.amazonaws.com`` serves the bucket as a website over HTTP: index and error documents,
    redirections of folders, of objects, by rules. Errors are XML there and HTML here.
What moto leaves out
    Neither name resolves; a website configuration is kept and nothing is served by it.
What this adds
    Both, on the data plane: policies with conditions and Block Public Access decide; parts of objects, conditional
    requests, 403 for what is not there where the caller may not list, 301 to the right region.
What it still does not do
    Requests with a signature, listings, uploads, CORS, transfer acceleration, requester pays. A gateway endpoint is no
    way to these addresses.
"""

from __future__ import annotations

from aws14.emulator.buckets import front
from aws14.emulator.dataplane import fronts

__all__ = ["install"]


def install() -> None:
    """Let the data plane find the endpoints of S3."""
    fronts.register("s3", names=front.addresses, of_address=front.at)
