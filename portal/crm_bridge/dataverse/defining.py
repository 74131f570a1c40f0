"""Definitions of columns, keys and tables as the metadata API takes them."""

from typing import Any

CRM = "Microsoft.Dynamics.CRM"
ENGLISH = 1033
OPTIONAL = {"Value": "None", "CanBeChanged": True}
LARGEST = 2_147_483_647
TYPES: dict[str, dict[str, Any]] = {
    "id": {"@odata.type": f"{CRM}.StringAttributeMetadata", "MaxLength": 100},
    "text": {"@odata.type": f"{CRM}.StringAttributeMetadata", "MaxLength": 255},
    "long": {"@odata.type": f"{CRM}.MemoAttributeMetadata", "MaxLength": 20_000},
    "number": {
        "@odata.type": f"{CRM}.IntegerAttributeMetadata",
        "MinValue": -LARGEST,
        "MaxValue": LARGEST,
    },
    "date": {
        "@odata.type": f"{CRM}.DateTimeAttributeMetadata",
        "Format": "DateOnly",
        "DateTimeBehavior": {"Value": "DateOnly"},
    },
    "datetime": {
        "@odata.type": f"{CRM}.DateTimeAttributeMetadata",
        "Format": "DateAndTime",
        "DateTimeBehavior": {"Value": "UserLocal"},
    },
}


def label(name: str) -> dict[str, Any]:
    """What people there read: the name without the prefix, in words."""
    words = name.partition("_")[2].replace("_", " ").capitalize()
    one = {"@odata.type": f"{CRM}.LocalizedLabel", "Label": words, "LanguageCode": ENGLISH}
    return {"@odata.type": f"{CRM}.Label", "LocalizedLabels": [one]}


def column(name: str, type_: str) -> dict[str, Any]:
    """A column of one of our types."""
    return {**TYPES[type_], "SchemaName": name, "DisplayName": label(name), "RequiredLevel": OPTIONAL}


def key(name: str) -> dict[str, Any]:
    """An alternate key of one column."""
    return {"SchemaName": f"{name}_key", "DisplayName": label(name), "KeyAttributes": [name]}


def table(name: str, first: str) -> dict[str, Any]:
    """A table whose rows belong to users, with changes tracked."""
    named = {**column(first, "text"), "IsPrimaryName": True}
    return {
        "@odata.type": f"{CRM}.EntityMetadata",
        "SchemaName": name,
        "DisplayName": label(name),
        "DisplayCollectionName": label(f"{name}s"),
        "OwnershipType": "UserOwned",
        "HasActivities": False,
        "HasNotes": False,
        "ChangeTrackingEnabled": True,
        "Attributes": [named],
    }


def link(name: str, to_table: str) -> dict[str, Any]:
    """A look-up to contacts: rows go with their contact, and follow it when it is merged."""
    cascade = dict.fromkeys(("Assign", "Share", "Unshare", "Reparent"), "NoCascade")
    lookup = {"@odata.type": f"{CRM}.LookupAttributeMetadata", "SchemaName": name, "DisplayName": label(name)}
    return {
        "@odata.type": f"{CRM}.OneToManyRelationshipMetadata",
        "SchemaName": f"{to_table}_contact",
        "ReferencedEntity": "contact",
        "ReferencedAttribute": "contactid",
        "ReferencingEntity": to_table,
        "CascadeConfiguration": {**cascade, "Delete": "Cascade", "Merge": "Cascade"},
        "Lookup": lookup,
    }
