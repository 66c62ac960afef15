"""Workers: confined Python processes of this machine, in the place of containers.

A function's execution environment is one, a container of a pod is one. Each has its own folder and environment (no
credentials of the learner, no packages but those of its image), finds paths of its container in folders of this machine
(`Mount`), a localhost of its own or one shared (`Loopback`), and asks the embedded AWS about every name and connection
(`Network`): nothing of it reaches a real network. Beyond its memory it is killed; it ends with the embedded AWS.

::

    spec = WorkerSpec(
        name="catalog-6d9", folder=new_folder("pod"), program=("/app/server.py",), scratch=True,
        mounts=(Mount(at="/app", source=config_map),), loopback=pod.loopback, network=pod.network,
        memory_mib=256, on_line=log.append, on_exit=ended,
    )
    worker = start(spec)            # the world lock is not held
    pod.loopback.real(8080)         # the port of this machine where it answers
    worker.terminate(); worker.wait(30.0); worker.kill()

The Python is this machine's, whatever version the image names; programs other than Python, and child processes, are not
there; packages compiled for Linux are as good as this machine's.
"""

from __future__ import annotations

from aws14.emulator.workers.folders import keep_in, new_folder
from aws14.emulator.workers.spec import Closed, Exit, Loopback, Mount, Network, Outcome, Way, WorkerSpec
from aws14.emulator.workers.worker import Worker, end_all, start

__all__ = [
    "Closed",
    "Exit",
    "Loopback",
    "Mount",
    "Network",
    "Outcome",
    "Way",
    "Worker",
    "WorkerSpec",
    "end_all",
    "keep_in",
    "new_folder",
    "start",
]
