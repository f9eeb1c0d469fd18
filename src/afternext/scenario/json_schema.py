"""The JSON Schema of scenario.yaml, for editors: completion, descriptions and red lines while typing."""

from __future__ import annotations

from typing import Any

from afternext.scenario import schema
from afternext.scenario.draft import LISTS, MAPS, SINGLES
from afternext.scenario.fields import ID_PATTERN, TREATMENTS
from afternext.scenario.values import CUTTABLE, KINDS, MEANING, NUMBER_OF_PARAMETERS

DIALECT = "http://json-schema.org/draft-07/schema#"  # what VS Code's YAML extension understands
PARTIAL = ("Goal", "Region")  # entries inside entries, which a child may also write in part
NULLABLE = {"type": "null", "description": "removes what the extended scenario has here"}


def make_json_schema() -> dict[str, Any]:
    """Build the schema from the models; the models stay the only place where a key is declared."""
    definitions: dict[str, Any] = {
        "Value": _value(),
        "PositiveValue": _value(minimum=0),
        "SignedValue": _value(minimum=-1, maximum=1),
        "ShareValue": _value(minimum=0, maximum=1),
        "TreatmentOptions": _options(list(TREATMENTS)),
    }
    properties: dict[str, Any] = {}
    head = _clean(schema.Head.model_json_schema(), definitions)
    for name in schema.Head.model_fields:
        properties[name] = head["properties"][name]
    properties["extends"] = {
        "type": "string",
        "description": "A shipped scenario, or ../FOLDER; this file then holds only what differs.",
    }
    for section, model in MAPS.items():
        definitions[model.__name__] = _clean(model.model_json_schema(), definitions)
        # An entry that changes one of the extended scenario may leave out what stays.
        definitions[model.__name__].pop("required", None)
        entry = {"anyOf": [{"$ref": f"#/definitions/{model.__name__}"}, NULLABLE]}
        names = {} if section == "parameters" else {"propertyNames": {"pattern": f"^{ID_PATTERN}$"}}
        properties[section] = {
            "type": "object",
            "description": _doc(model),
            "additionalProperties": entry,
            **names,
        }
    for section, model in SINGLES.items():
        definitions[model.__name__] = _clean(model.model_json_schema(), definitions)
        definitions[model.__name__].pop("required", None)
        properties[section] = {
            "description": _doc(model),
            "anyOf": [{"$ref": f"#/definitions/{model.__name__}"}, NULLABLE],
        }
    for name in PARTIAL:
        definitions[name].pop("required", None)
    for section, model in LISTS.items():
        definitions[model.__name__] = _clean(model.model_json_schema(), definitions)
        items = {"$ref": f"#/definitions/{model.__name__}"}
        properties[section] = {"type": "array", "description": _doc(model), "items": items}
    return {
        "$schema": DIALECT,
        "title": "afternext scenario",
        "description": "scenario.yaml of a scenario folder of afternext",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        # A scenario that extends another one may leave out everything else.
        "anyOf": [{"required": ["extends"]}, {"required": ["format", "title", "freeze", "communities"]}],
        "definitions": definitions,
    }


def _doc(model: type[Any]) -> str:
    return (model.__doc__ or "").split("\n")[0]


def _clean(made: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Turn pydantic's output into draft 7 with shared definitions and without titles."""
    for name, inner in made.pop("$defs", {}).items():
        definitions.setdefault(name, _tidy(inner))
    tidied: dict[str, Any] = _tidy(made)
    return tidied


def _tidy(found: Any) -> Any:
    if isinstance(found, list):
        return [_tidy(item) for item in found]
    if not isinstance(found, dict):
        return found
    if set(found) & {"x-def"}:
        rest = {key: _tidy(item) for key, item in found.items() if key not in ("x-def", "title", "default")}
        return {**rest, "allOf": [{"$ref": f"#/definitions/{found['x-def']}"}]}
    if "prefixItems" in found:
        found = {**found, "items": found["prefixItems"]}
        del found["prefixItems"]
    tidied = {}
    for key, item in found.items():
        if key == "title" and isinstance(item, str):
            continue
        tidied[key] = item.replace("#/$defs/", "#/definitions/") if key == "$ref" else _tidy(item)
    return tidied


def _value(**limits: float) -> dict[str, Any]:
    """Any form of a value; an editor checks the limits of plain numbers only."""
    number = {"type": "number"}
    forms: list[dict[str, Any]] = [{"type": "number", **limits}]
    for kind in KINDS:
        if kind in NUMBER_OF_PARAMETERS:
            count = NUMBER_OF_PARAMETERS[kind]
            numbers = {"type": "array", "items": number, "minItems": count, "maxItems": count}
            inside: dict[str, Any] = {kind: {**numbers, "description": MEANING[kind]}}
            if kind in CUTTABLE:
                inside["within"] = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
            forms.append(_object(inside, kind))
    forms.append(_options(None))
    name = {"type": "string", "description": "name of an uncertainty of this scenario"}
    forms.append(
        _object({"uncertain": name, "times": {"type": "number", "exclusiveMinimum": 0}}, "uncertain")
    )
    text = {"type": "string", "pattern": r"^\s*[a-z]+\s*\(.*\)", "description": "e.g. triangular(1, 2, 3)"}
    return {"description": "a number, a distribution, or a deep uncertainty", "anyOf": [*forms, text]}


def _options(words: list[str] | None) -> dict[str, Any]:
    items: dict[str, Any] = {"type": ["number", "string"]} if words is None else {"enum": words}
    described = {
        "type": "array",
        "items": items,
        "minItems": 2,
        "description": "one of these, without shares",
    }
    return _object({"options": described}, "options")


def _object(properties: dict[str, Any], required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [required], "additionalProperties": False}
