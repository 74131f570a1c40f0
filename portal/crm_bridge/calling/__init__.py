"""Calling a CRM over HTTP: what every vendor that has an address shares.

A vendor makes a `Caller` (asking.py) with its address, the `Wire` it was given, and what only it knows: how to sign
in, what the headers say of limits, where the words of an error stand. It gets an `Answer`, or a CrmError that says
whether trying again helps, and when.
"""
