"""The canonical records of everybody, held against their published schemas."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

import portal.crm_bridge
from portal.crm_bridge import planning
from portal.database import db
from tests.crm_bridge.conftest import VOICE

FOLDER = Path(portal.crm_bridge.__file__).parent / "schemas"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def check(name, record, seq=1):
    """Raises ValidationError unless the record is what its schema says."""
    VALIDATORS[name].validate({**record, "seq": seq})


def records():
    """All canonical records of everybody, with their names."""
    for sheet in planning.everything(VOICE):
        db.session.rollback()
        for change in sheet.changes:
            yield from change.records.items()
