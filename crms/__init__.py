"""Real CRM servers on this machine, to try the bridge with and for its tests: `bin/crm` and tests/crm_bridge.

Nothing of the portal needs this package. Each CRM has a virtual environment of its own under `.crm/`, from its own
lock file in `requirements/`; it runs on a free loopback port and ends when its keeper ends.
"""
