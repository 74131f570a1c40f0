"""Loading many new rows by a job of the Bulk API 2.0.

What became of a row stands in one of three lists: what succeeded, what failed, and what was never looked at. A row that
is in none of them may be there or not; like one that was not looked at, it is sent again by the next push.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.salesforce.asking import Asker
from portal.crm_bridge.salesforce.sending import Result

NULL = "#N/A"
PAUSE, PATIENCE = 5.0, 240
ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
NOT_PROCESSED = {
    "success": False,
    "errors": [{"statusCode": "UNKNOWN_EXCEPTION", "message": "Not processed"}],
}
CSV = {"content-type": "text/csv", "accept": "application/json"}


def load(org: Asker, object_: str, id_name: str, bodies: Sequence[Mapping[str, Any]]) -> list[Result]:
    """Create or change by our id; a result for each body, as calls on collections give it. Raises CrmError."""
    sent = {"object": object_, "operation": "upsert", "externalIdFieldName": id_name, "contentType": "CSV"}
    job = f"jobs/ingest/{org.call('POST', 'jobs/ingest', json={**sent, 'lineEnding': 'LF'}).data['id']}"
    org.call("PUT", f"{job}/batches", content=table(bodies), headers=CSV, reads=False)
    org.call("PATCH", job, json={"state": "UploadComplete"}, again=True)
    _wait(org, job)
    results: dict[str, Result] = {}
    for row in _rows(org, f"{job}/successfulResults"):
        results[row[id_name]] = {
            "id": row["sf__Id"],
            "success": True,
            "created": row["sf__Created"] == "true",
        }
    for row in _rows(org, f"{job}/failedResults"):
        results[row[id_name]] = {"success": False, "errors": [_error(row["sf__Error"])]}
    for row in _rows(org, f"{job}/unprocessedrecords"):
        results.setdefault(row[id_name], NOT_PROCESSED)
    return [results.get(str(each[id_name]), NOT_PROCESSED) for each in bodies]


def table(bodies: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV. An empty cell says nothing of its field; NULL empties it."""
    names = list(dict.fromkeys(name for each in bodies for name in each if name != "attributes"))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(each, name) for name in names] for each in bodies)
    return text.getvalue().encode()


def _cell(body: Mapping[str, Any], name: str) -> Any:
    value = body.get(name, "")
    if isinstance(value, bool):
        return str(value).lower()
    return NULL if value is None else value


def _wait(org: Asker, job: str) -> None:
    for _ in range(PATIENCE):
        if org.call("GET", job).data["state"] in ENDED:
            return
        org.wire.sleep(PAUSE)
    raise CrmError("Salesforce has not ended the job yet; the next push looks for its rows", permanent=False)


def _rows(org: Asker, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(org.call("GET", path, headers={"accept": "text/csv"}).text)))


def _error(said: str) -> dict[str, Any]:
    """`CODE:words:field,field --`"""
    code, _, words = said.partition(":")
    words, _, fields = words.rpartition(":")
    names = [each.strip() for each in fields.removesuffix("--").split(",")]
    return {"statusCode": code, "message": words, "fields": [each for each in names if each]}
