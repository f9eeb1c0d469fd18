"""The OpenAPI document of the server, made of the same table as its routes."""

from __future__ import annotations

import re
from typing import Any

from afternext import __version__
from afternext.web.api import Endpoint
from afternext.web.routes import CASE, FILE

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "message", "hint"],
            "properties": {
                "status": {"type": "integer"},
                "message": {"type": "string"},
                "hint": {"type": "string"},
                "problems": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}
PARTS = {
    "case": CASE,
    "file": FILE,
    "document": {"type": "string", "minLength": 1, "maxLength": 70},
    "run": {"type": "string", "minLength": 1, "maxLength": 150},
}


def document(endpoints: list[Endpoint]) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "afternext workbench", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def operation(one: Endpoint) -> dict[str, Any]:
    """One endpoint in the terms of OpenAPI."""
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": PARTS[name]}
        for name in re.findall(r"{(\w+)}", one.path)
    ]
    parameters += [
        {"name": q.name, "in": "query", "required": q.needed, "schema": q.schema} for q in one.query
    ]
    refused = {
        "description": "refused",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    given: dict[str, Any] = {"schema": {"type": "object"}} if one.gives == "application/json" else {}
    found: dict[str, Any] = {
        "summary": one.summary,
        "operationId": one.handler.__name__ + re.sub(r"\W+", "_", f"_{one.method}_{one.path}"),
        "parameters": parameters,
        "responses": {
            str(one.status): {"description": one.summary, "content": {one.gives: given}},
            **{str(code): refused for code in (400, 401, 403, 404, 405, 409, 413, 415, 422)},
        },
    }
    if one.body is not None:
        schema = one.body.model_json_schema()
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif one.takes != "application/json":
        binary = {"type": "string", "format": "binary"}
        found["requestBody"] = {"required": True, "content": {one.takes: {"schema": binary}}}
    return found
