"""Starts the server of a Tryton, run by its own interpreter: passwords are hashed with less work than for real ones.

They are random, and every push signs in. One that was hashed with more work is hashed anew at its first use. The
arguments are those of trytond.
"""

import sys
from functools import partial

from pwdlib.hashers import argon2

argon2.Argon2Hasher = partial(argon2.Argon2Hasher, time_cost=1, memory_cost=8, parallelism=1)

from trytond.cli import main  # noqa: E402

sys.exit(main())
