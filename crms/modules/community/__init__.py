"""A Tryton module for the community portal: its fields on parties, and the votes of a party.

Licensed as Tryton itself: GNU GPL, version 3 or later.
"""
