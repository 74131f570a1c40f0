"""The vendor for whatever can take an HTTP call: signed messages with canonical records."""
