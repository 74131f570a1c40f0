"""Alarms: what admins were told of a connection, once, and when it was all right again."""
