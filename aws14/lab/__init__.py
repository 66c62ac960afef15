"""The notebook face: one object, each verb one line of delegation."""

from aws14.lab.face import Lab

__all__ = ["Lab"]
