"""Receipts: what was taken out of a CRM of somebody who withdrew or was erased, and what the CRM answered."""
