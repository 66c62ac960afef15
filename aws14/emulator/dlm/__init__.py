"""Data Lifecycle Manager, which moto lacks: in the shape of one of moto's services, so that moto answers for it.

``models`` holds the policies, ``responses`` the operations, ``urls`` their paths, ``running`` what policies do.
"""

from aws14.emulator.dlm.models import dlm_backends

__all__ = ["dlm_backends"]
