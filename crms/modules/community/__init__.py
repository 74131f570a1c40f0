"""A Tryton module for the community portal: its fields on parties, and the votes of a party."""
