"""Run once by Tryton's own interpreter, after the modules are active: makes the user that the portal signs in as.

Arguments: the configuration file, the database, the password. Prints an application key for the REST interface.
"""

import sys

from trytond import config

config.update_etc(sys.argv[1])

from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402

database, password = sys.argv[2:]
Pool.start()
pool = Pool(database)
with Transaction().start(database, 0):
    pool.init()
with Transaction().start(database, 1) as transaction:
    User = pool.get("res.user")
    [user] = User.create([{"name": "Community portal", "login": "community", "password": password}])
    [key] = pool.get("res.user.application").create([{"application": "rest", "user": user.id}])
    transaction.commit()
    print(key.key)
