"""Import of any table, by the usual names of its columns, or by what whoever imports says that they mean."""
