"""The waist: frozen nouns that every room speaks in, Topology, Scenario, Trace, Bill, Report (and Picture)."""

from aws14.model.bill import Bill, LineItem, Usage
from aws14.model.credits import CpuCredits
from aws14.model.downtime import Downtime
from aws14.model.faults import AzOutage, DatabaseLoss, Fault, InstanceLoss, RegionOutage, SlowDatabase
from aws14.model.files import FilesRecord
from aws14.model.fleet import DatabaseRecord, EdgeRecord, Event, FleetRecord
from aws14.model.load import Campaign, Diurnal, LoadProfile, Ramp, Replay, Spike, Steady
from aws14.model.picture import Picture
from aws14.model.report import Finding, Report
from aws14.model.rollouts import Rollout
from aws14.model.scenario import Application, Retries, Scenario
from aws14.model.serverless import ClusterRecord, FunctionRecord
from aws14.model.topology import Link, Node, Topology
from aws14.model.trace import Requests, Trace

__all__ = [
    "Application",
    "AzOutage",
    "Bill",
    "Campaign",
    "ClusterRecord",
    "CpuCredits",
    "DatabaseLoss",
    "DatabaseRecord",
    "Diurnal",
    "Downtime",
    "EdgeRecord",
    "Event",
    "Fault",
    "FilesRecord",
    "Finding",
    "FleetRecord",
    "FunctionRecord",
    "InstanceLoss",
    "LineItem",
    "Link",
    "LoadProfile",
    "Node",
    "Picture",
    "Ramp",
    "RegionOutage",
    "Replay",
    "Report",
    "Requests",
    "Retries",
    "Rollout",
    "Scenario",
    "SlowDatabase",
    "Spike",
    "Steady",
    "Topology",
    "Trace",
    "Usage",
]
