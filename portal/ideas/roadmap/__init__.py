"""Roadmaps: what is planned, in columns by status or by quarter, for those whom each roadmap is for."""
