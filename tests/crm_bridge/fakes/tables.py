"""Tables of Dataverse: columns, alternate keys, versions of rows, and what was deleted."""

import re
from uuid import UUID

US = "the application"
STANDARD = {
    "contact": (
        "firstname",
        "lastname",
        "emailaddress1",
        "_parentcustomerid_value",
        "merged",
        "_masterid_value",
        *("jobtitle", "donotbulkemail", "donotphone", "_ownerid_value", "_originatingleadid_value"),
    ),
    "account": (
        *("name", "merged", "_masterid_value", "revenue", "_transactioncurrencyid_value", "websiteurl"),
        *(
            "accountcategorycode",
            "industrycode",
            "customertypecode",
            "_ownerid_value",
            "_parentaccountid_value",
        ),
    ),
    "opportunity": (
        *("name", "estimatedvalue", "_transactioncurrencyid_value", "_parentaccountid_value", "stepname"),
        "estimatedclosedate",
    ),
    "transactioncurrency": ("isocurrencycode",),
    "annotation": ("subject", "notetext", "_objectid_value"),
    "task": (
        "activityid",
        "subject",
        "description",
        "scheduledend",
        "_regardingobjectid_value",
        "_ownerid_value",
    ),
}
SYSTEM = ("statecode", "_createdby_value", "_modifiedby_value", "_owninguser_value")
BINDS = {
    "parentcustomerid_account@odata.bind": "_parentcustomerid_value",
    "objectid_contact@odata.bind": "_objectid_value",
    "regardingobjectid_contact_task@odata.bind": "_regardingobjectid_value",
    "ownerid@odata.bind": "_ownerid_value",
    "new_contactid@odata.bind": "_new_contactid_value",
}


class Problem(Exception):
    """What is wrong with an operation: (status, words)."""


class Tables:
    """`version` counts the changes of all rows."""

    def __init__(self, now):
        self.now, self.version = now, 1_000
        self.columns, self.lengths, self.keys, self.rows, self.gone = {}, {}, {}, {}, {}
        for name, columns in STANDARD.items():
            self.add(name, columns)

    def add(self, table, columns):
        self.columns[table] = dict.fromkeys((f"{table}id", *columns, *SYSTEM), "String")
        self.rows[table], self.gone[table] = {}, {}

    def define(self, table, name, type_, length):
        self.columns[table][name] = type_
        if length:
            self.lengths[table, name] = length

    def of_rows(self, name):
        table = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
        assert table in self.rows, name
        return table

    def check(self, table, column):
        if column not in self.columns[table]:
            raise AssertionError(f"Could not find a property named '{column}' on type '{table}'")

    # -- Rows ---------------------------------------------------------------------------------------------

    def find(self, table, key):
        name, found, value = key.partition("=")
        if not found:
            return self.rows[table].get(key)
        assert any(each["columns"] == [name] and each["status"] == "Active" for each in self.keys[table])
        wanted = value[1:-1].replace("''", "'")
        return next((row for row in self.rows[table].values() if row.get(name) == wanted), None)

    def create(self, table, sent, key="", by=US):
        """By an alternate key the value of the key comes from the path; else the key is the id itself."""
        name, found, value = key.partition("=")
        if found:
            assert name not in sent
            sent = {**sent, name: value[1:-1].replace("''", "'")}
        id_ = key if key and not found else str(UUID(int=self.version + 1))
        self._check(table, id_, sent)
        self.put(table, {"_createdby_value": by, **self._values(sent)}, id_, by)
        return self.rows[table][id_]

    def put(self, table, values, id_=None, by=US):
        self.version += 1
        id_ = id_ or str(UUID(int=self.version))
        row = {**dict.fromkeys(self.columns[table]), "statecode": 0, "merged": False}
        self.rows[table][id_] = {
            **row,
            **values,
            f"{table}id": id_,
            **({"activityid": id_} if table == "task" else {}),
            "_modifiedby_value": by,
            "version": self.version,
        }

    def change(self, table, id_, sent, by=US):
        self._check(table, id_, sent)
        self.version += 1
        row = self.rows[table][id_]
        row |= {**self._values(sent), "_modifiedby_value": by, "version": self.version}
        return row

    def delete(self, table, id_):
        """What hangs under a contact goes with it."""
        self.version += 1
        self.gone[table][id_] = self.version
        del self.rows[table][id_]
        for child, column in (
            ("new_communityvote", "_new_contactid_value"),
            ("annotation", "_objectid_value"),
            ("task", "_regardingobjectid_value"),
        ):
            for each in [key for key, row in self.rows.get(child, {}).items() if row.get(column) == id_]:
                self.delete(child, each)

    def changed(self, table, version, count):
        """What changed after a version, in that order."""
        rows = [row for row in self.rows[table].values() if row["version"] > version]
        gone = [{"gone": id_, "version": at} for id_, at in self.gone[table].items() if at > version]
        return sorted([*rows, *gone], key=lambda each: each["version"])[:count]

    def _values(self, sent):
        return {BINDS.get(name, name): self._bound(name, value) for name, value in sent.items()}

    def _bound(self, name, value):
        return re.search(r"\((.+)\)", value)[1] if name in BINDS else value

    def _check(self, table, id_, sent):
        for name, value in sent.items():
            if name in BINDS:
                if name.startswith("ownerid"):
                    assert re.fullmatch(r"/systemusers\([\w-]+\)", value), value
                elif not any(self._bound(name, value) in rows for rows in self.rows.values()):
                    raise Problem(404, f"{value} Does Not Exist")
                continue
            if name not in self.columns[table]:
                raise Problem(400, f"Invalid property '{name}' was found in entity '{table}'.")
            self._check_value(table, name, value)
            if value and self._is_taken(table, id_, name, value):
                raise Problem(412, f"Entity Key {name} requirement violated")

    def _is_taken(self, table, id_, name, value):
        if not any(each["columns"] == [name] for each in self.keys.get(table, ())):
            return False
        return any(row.get(name) == value and key != id_ for key, row in self.rows[table].items())

    def _check_value(self, table, name, value):
        length = self.lengths.get((table, name))
        if isinstance(value, str) and length and len(value) > length:
            words = f"The length of the '{name}' attribute of the '{table}' entity exceeded {length}."
            raise Problem(400, words)
        if self.columns[table][name] == "Integer" and value is not None and type(value) is not int:
            raise Problem(
                400, f"Cannot convert the literal {value!r} of '{name}' to the expected type 'Edm.Int32'."
            )

    # -- Filters ------------------------------------------------------------------------------------------

    def condition(self, text):
        """A filter as a function of a row."""
        parts = [self._one(each) for each in re.split(r" and (?=\w+ eq )", text)]
        return lambda row: all(part(row) for part in parts)

    def _one(self, text):
        if found := re.fullmatch(
            r"Microsoft\.Dynamics\.CRM\.In\(PropertyName='(\w+)',PropertyValues=\[(.*)\]\)", text
        ):
            name = found[1]
            values = {
                each.replace("''", "'").casefold() for each in re.findall(r"'((?:[^']|'')*)'", found[2])
            }
            return lambda row: (row.get(name) or "").casefold() in values
        name, value = re.fullmatch(r"(\w+) eq (\w+)", text).groups()
        wanted = {"null": None, "0": 0}[value]
        return lambda row: row.get(name) == wanted
