"""The only reader of ``data/``: places, machines, prices, limits and recordings, each with date and source.

An unknown key raises `aws14.errors.DataError`, which lists what there is that looks like it.
"""

from aws14.catalog.clusters import KubernetesVersion, kubernetes_versions
from aws14.catalog.commitments import Commitment, commitments
from aws14.catalog.machines import (
    InstanceType,
    Quota,
    ServiceStatus,
    TCredit,
    instance_type,
    instance_types,
    quota,
    service_status,
    t_credit,
)
from aws14.catalog.places import (
    City,
    NetworkModel,
    Region,
    RoundTrip,
    cities,
    city,
    network_model,
    region,
    regions,
    round_trip,
    rtt_ms,
    user_rtt_ms,
)
from aws14.catalog.prices import (
    EVERYWHERE,
    FreeAllowance,
    Price,
    WorkedBill,
    WorkedLine,
    free_allowances,
    price,
    price_book,
    price_book_dates,
    prices,
    worked_bills,
)
from aws14.catalog.promises import Sla, sla
from aws14.catalog.recordings import Duration, Url, UrlStream, durations, trace_minutes, url_stream
from aws14.catalog.tables import data_root

__all__ = [
    "EVERYWHERE",
    "City",
    "Commitment",
    "Duration",
    "FreeAllowance",
    "InstanceType",
    "KubernetesVersion",
    "NetworkModel",
    "Price",
    "Quota",
    "Region",
    "RoundTrip",
    "ServiceStatus",
    "Sla",
    "TCredit",
    "Url",
    "UrlStream",
    "WorkedBill",
    "WorkedLine",
    "cities",
    "city",
    "commitments",
    "data_root",
    "durations",
    "free_allowances",
    "instance_type",
    "instance_types",
    "kubernetes_versions",
    "network_model",
    "price",
    "price_book",
    "price_book_dates",
    "prices",
    "quota",
    "region",
    "regions",
    "round_trip",
    "rtt_ms",
    "service_status",
    "sla",
    "t_credit",
    "trace_minutes",
    "url_stream",
    "user_rtt_ms",
    "worked_bills",
]
