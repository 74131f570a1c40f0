"""Bursts: many votes for one idea within an hour, by accounts that have something in common."""
