"""Deploying our fields, objects and a permission set: one zip for the Metadata API, all of it or nothing.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm
"""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.salesforce.asking import Asker
from portal.crm_bridge.salesforce.records import IDEA, LONGEST, LOOKUPS, TASK, quoted

RELATION = "Community_Votes"
NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
BOUNDARY = "part-of-the-deployment"
PAUSE, PATIENCE = 2.0, 100
LABELS = {IDEA: ("Community idea", "Community ideas"), "IdeaVote__c": ("Idea vote", "Idea votes")}
TYPES = {
    "text": f"<type>Text</type><length>{LONGEST}</length>",
    "long": "<type>LongTextArea</type><length>32768</length><visibleLines>3</visibleLines>",
    "number": "<type>Number</type><precision>18</precision><scale>0</scale>",
    "date": "<type>Date</type>",
    "datetime": "<type>DateTime</type>",
    "flag": "<type>Checkbox</type><defaultValue>false</defaultValue>",
    "id": "<type>Text</type><length>64</length><externalId>true</externalId><unique>true</unique>",
}
Fields = Mapping[str, Mapping[str, str]]


def deploy(org: Asker, lacking: Fields, every: Fields, permissions: str) -> None:
    """Make the fields that are lacking, and a permission set for all. Raises CrmError with what failed."""
    content = package(lacking, every, permissions, org.settings["version"])
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    made = org.call("POST", "metadata/deployRequest", content=_multipart(content), headers=headers)
    for _ in range(PATIENCE):
        path = f"metadata/deployRequest/{made.data['id']}"
        result = org.call("GET", path, params={"includeDetails": "true"}).data["deployResult"]
        if result["done"]:
            break
        org.wire.sleep(PAUSE)
    if not result.get("success"):
        raise CrmError(_failures(result), permanent=bool(result["done"]))


def assign(org: Asker, permissions: str) -> None:
    """Let our user see what was made. Doing it again changes nothing."""
    [found] = org.query(["Id"], "PermissionSet", f"Name = {quoted(permissions)}")
    pair = f"AssigneeId = {quoted(org.user_id)} AND PermissionSetId = {quoted(found['Id'])}"
    if not org.query(["Id"], "PermissionSetAssignment", pair):
        sent = {"AssigneeId": org.user_id, "PermissionSetId": found["Id"]}
        org.call("POST", "sobjects/PermissionSetAssignment", json=sent)


def package(lacking: Fields, every: Fields, permissions: str, version: str) -> bytes:
    """The zip."""
    files = {
        f"objects/{_place(name)}.object": _object(name, fields) for name, fields in lacking.items() if fields
    }
    files[f"permissionsets/{permissions}.permissionset"] = _permission_set(every)
    files["package.xml"] = _manifest(lacking, permissions, version)
    with io.BytesIO() as content:
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
        return content.getvalue()


def _manifest(lacking: Fields, permissions: str, version: str) -> str:
    fields = [f"{_place(object_)}.{name}" for object_, names in lacking.items() for name in names]
    own = [object_ for object_, names in lacking.items() if names and object_ in LABELS]
    types = {"CustomObject": own, "CustomField": fields, "PermissionSet": [permissions]}
    listed = "".join(
        f"<types>{''.join(f'<members>{each}</members>' for each in members)}<name>{name}</name></types>"
        for name, members in types.items()
        if members
    )
    return f"<Package {NAMESPACE}>{listed}<version>{version}</version></Package>"


def _object(name: str, fields: Mapping[str, str]) -> str:
    said = "".join(_field(field, type_) for field, type_ in fields.items())
    if name in LABELS:
        one, many = LABELS[name]
        said += (
            f"<label>{one}</label><pluralLabel>{many}</pluralLabel><sharingModel>ReadWrite</sharingModel>"
            "<deploymentStatus>Deployed</deploymentStatus>"
            f"<nameField><label>Number</label><type>AutoNumber</type><displayFormat>{{0}}</displayFormat></nameField>"
        )
    return f"<CustomObject {NAMESPACE}>{said}</CustomObject>"


def _field(name: str, type_: str) -> str:
    label = escape(name.removesuffix("__c").replace("_", " "))
    link = f"<type>Lookup</type><referenceTo>{LOOKUPS.get(name)}</referenceTo><relationshipName>{RELATION}</relationshipName>"
    kind = link if type_ == "link" else TYPES[type_]
    return f"<fields><fullName>{name}</fullName><label>{label}</label>{kind}</fields>"


def _permission_set(every: Fields) -> str:
    readable = "<readable>true</readable><editable>true</editable>"
    fields = "".join(
        f"<fieldPermissions><field>{object_}.{name}</field>{readable}</fieldPermissions>"
        for object_, names in every.items()
        for name in names
    )
    may = "".join(f"<allow{each}>true</allow{each}>" for each in ("Create", "Delete", "Edit", "Read"))
    objects = "".join(
        f"<objectPermissions><object>{each}</object>{may}</objectPermissions>"
        for each in every
        if each in LABELS
    )
    return f"<PermissionSet {NAMESPACE}>{fields}<label>Community bridge</label>{objects}</PermissionSet>"


def _place(object_: str) -> str:
    """Fields of tasks are fields of all activities."""
    return "Activity" if object_ == TASK else object_


def _multipart(content: bytes) -> bytes:
    options = {"deployOptions": {"rollbackOnError": True, "singlePackage": True, "ignoreWarnings": True}}
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="json"\r\nContent-Type: application/json\r\n\r\n'
        f"{json.dumps(options)}\r\n--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="file"; filename="deploy.zip"\r\nContent-Type: application/zip\r\n\r\n'
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def _failures(result: Mapping[str, Any]) -> str:
    failed = (result.get("details") or {}).get("componentFailures") or []
    said = [f"{each.get('fullName')}: {each.get('problem')}" for each in failed[:5]]
    return "; ".join(said) or str(result.get("errorMessage") or f"The deployment is {result.get('status')}")
