"""Drafts: what somebody began to write, kept on the server until it is posted or discarded."""
