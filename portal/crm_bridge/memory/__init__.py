"""The vendor of the tests: records in memory, and no key that would keep doubles out."""
