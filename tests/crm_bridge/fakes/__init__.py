"""CRMs of ours that answer as the real ones do, with their limits and their failures. They live in this process.

What each adds to the records that it keeps, and what of it could be tested against it alone, stands in docs/crm.md.
"""

from tests.crm_bridge.fakes.contract import ours
from tests.crm_bridge.fakes.dataverse import Dataverse
from tests.crm_bridge.fakes.hubspot import HubSpot
from tests.crm_bridge.fakes.salesforce import Salesforce

FAKES = {
    "dataverse": lambda: Dataverse(ours("dataverse")),
    "hubspot": lambda: HubSpot(ours("hubspot")),
    "salesforce": lambda: Salesforce(ours("salesforce")),
}
"""By vendor. Each knows the `settings` to connect with, and has a `wire`."""
