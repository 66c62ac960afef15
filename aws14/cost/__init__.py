"""Cost: metering (what is charged for), billing (what it comes to), the meter, quotes, regions, years of use."""

from aws14.cost.billing import PLANS, bill
from aws14.cost.commitments import ON_DEMAND, YearsOfUse, years_of_use
from aws14.cost.crossover import ByTheCall, ByTheHour, crossover, monthly_usd
from aws14.cost.metering import hourly, monthly, standing
from aws14.cost.regions import bill_in_regions, moving_usage
from aws14.cost.running import Meter, meter
from aws14.cost.statements import monthly_bill, quote
from aws14.cost.traffic import Assumptions
from aws14.cost.worked import recompute

__all__ = [
    "ON_DEMAND",
    "PLANS",
    "Assumptions",
    "ByTheCall",
    "ByTheHour",
    "Meter",
    "YearsOfUse",
    "bill",
    "bill_in_regions",
    "crossover",
    "hourly",
    "meter",
    "monthly",
    "monthly_bill",
    "monthly_usd",
    "moving_usage",
    "quote",
    "recompute",
    "standing",
    "years_of_use",
]
