"""Importing by a page: files are uploaded, checked by the worker, shown as they would be taken, and then taken."""
