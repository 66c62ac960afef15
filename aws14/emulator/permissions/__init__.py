"""What the role of a function may do: its identity policies, asked at every request with the function's credentials.

==============  ======================================================================================================
``deciding``    what the policies of a role say to an action on a resource
``asking``      which actions on which resources a request asks for
``arns``        the ARNs of what a request names
``refusing``    AWS's sentence, in the shape and under the code of each service
==============  ======================================================================================================
"""

from __future__ import annotations

from aws14.emulator.permissions.deciding import Session, begin, may
from aws14.emulator.permissions.refusing import refusal

__all__ = ["Session", "begin", "may", "refusal"]
