"""The service of the tutorial *embed in a web service*, as both pages print it."""

from __future__ import annotations

import csv
import json
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import eduequity as ee
from eduequity.report import assessment_schema


if TYPE_CHECKING:
    from starlette.testclient import TestClient


DOCS = Path(__file__).parents[1] / "docs"
DAY = "/assessments?on=2024-12-31"
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "minLength": 1},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["code", "pointer", "detail"],
                "additionalProperties": {"type": "string"},
            },
        },
    },
}
"""What RFC 9457 asks of a problem, with the errors that the page adds."""


@pytest.fixture(params=["zh", "en"])
def client(request: pytest.FixtureRequest) -> TestClient:
    """Run the file that the page has under the name service.py."""
    testing = pytest.importorskip("starlette.testclient")
    sys.path.insert(0, str(DOCS))
    try:
        from making.follow import blocks
    finally:
        sys.path.remove(str(DOCS))
    page = DOCS / request.param / "tutorials" / "web-service.md"
    (source,) = [
        block.text
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.caption == "service.py"
    ]
    service = types.ModuleType("service")
    exec(compile(source, "service.py", "exec"), service.__dict__)  # noqa: S102 - ours
    made: TestClient = testing.TestClient(service.app, raise_server_exceptions=False)
    return made


def tables() -> dict[str, list[dict[str, str]]]:
    """Return the demo's county as a document of JSON."""
    folder = Path(ee.__file__).parent / "cli" / "demo"
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            found[path.stem] = list(csv.DictReader(stream))
    return found


def test_a_county_is_assessed(client: TestClient) -> None:
    """The demo's county, posted: the JSON of the command line, by the schema."""
    answer = client.post(DAY, json=tables())

    assert 200 == answer.status_code
    assert "application/json" == answer.headers["content-type"]
    found = answer.json()
    jsonschema.validate(found, assessment_schema())
    (county,) = found["counties"]
    assert ("999901", "unmet") == (county["code"], county["verdict"])


def test_the_schema_refuses_what_is_no_assessment(client: TestClient) -> None:
    """The schema is no rubber stamp."""
    found = client.post(DAY, json=tables()).json()
    found["counties"][0]["verdict"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, assessment_schema())


ONE: dict[str, Any] = {"code": "1", "name": "甲", "kind": "primary"}


@pytest.mark.parametrize(
    ("url", "body", "status"),
    [
        (DAY, b"no json", 400),
        (DAY, b"", 400),
        (DAY, b"\xff\xfe", 400),
        (DAY, b"[" * 100_000, 400),
        (DAY, b"[]", 400),
        (DAY, b"null", 400),
        ("/assessments", b"{}", 400),
        ("/assessments?on=2024-02-30", b"{}", 400),
        ("/assessments?on=", b"{}", 400),
        (DAY, {"county": 5}, 422),
        (DAY, {"county": "x", "schools": "y"}, 422),
        (DAY, {"schools": [1, 2]}, 422),
        (DAY, {"schools": [{"code": []}]}, 422),
        (DAY, {"schools": [ONE | {"primary_pupils": -5, "kind": "小学校"}]}, 422),
        (DAY, {"schools": [ONE | {"primary_pupils": 1e400}]}, 422),
        (DAY, {"schools": [ONE | {"primary_pupils": "一百"}]}, 422),
        (DAY, {"nonsense": [ONE]}, 422),
        (DAY, {}, 422),
    ],
)
def test_a_bad_request_is_a_problem(
    client: TestClient, url: str, body: object, status: int
) -> None:
    """Whatever is wrong, the answer is a problem of RFC 9457, and the caller's."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(url, content=content)

    assert status == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    found = answer.json()
    jsonschema.validate(found, PROBLEM)
    assert status == found["status"]
    assert ("errors" in found) == (status == 422)


def test_what_the_framework_refuses_is_a_problem_too(client: TestClient) -> None:
    """Another method, another address."""
    for answer in (client.get(DAY), client.post("/elsewhere")):
        assert answer.status_code in (404, 405)
        assert "application/problem+json" == answer.headers["content-type"]
        jsonschema.validate(answer.json(), PROBLEM)


def test_every_problem_comes_at_once(client: TestClient) -> None:
    """Two mistakes in one row are two errors, each with its place."""
    bad = ONE | {"kind": "小学校", "primary_pupils": -5}
    answer = client.post(DAY, json={"county": [{"code": "999901"}], "schools": [bad]})

    found = {each["code"] for each in answer.json()["errors"]}
    assert {"unknown-word", "negative-number"} <= found
