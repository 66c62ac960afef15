"""Functions that run: AWS Lambda in local processes.

==================  ==================================================================================================
``invoking``        `invoke`, for every caller in this process
``targets``         which version is meant: names, ARNs, aliases with weights
``admitting``       concurrency: the account's, what is reserved, the rate of new environments
``environments``    which environment handles an event; when it is given up
``environment``     one of them: a worker with the function's module imported
``inside``          what runs in there
``running``         one invocation from beginning to end
``telling``         log lines and metrics
``waiting``         an event for later, as it is taken in
``asynchronous``    what becomes of it: retries, destinations, dead letters
``provisions``      what is kept ready, for whom
``provisioned``     how it comes to be, and ends
``states``          pending, active, being updated
``network``, ``vpc``  where a function is in the network
==================  ==================================================================================================
"""

from __future__ import annotations

from aws14.emulator.functions.invoking import InvocationType, invoke
from aws14.emulator.functions.outcome import Outcome

__all__ = ["InvocationType", "Outcome", "invoke"]
