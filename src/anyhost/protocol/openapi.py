"""What a server offers over HTTP, as an OpenAPI 3.1 document (served at `/api/openapi.json`)."""

from __future__ import annotations

from typing import Any

from .messages import PROTOCOL_VERSION, Command, ModelAck, Notification, Refusal, SetModelValue
from .schema import BASE64, Schema, definitions

_COMPONENTS = {
    "Notification": Notification,
    "Command": Command,
    "SetModelValue": SetModelValue,
    "ModelAck": ModelAck,
    "Refusal": Refusal,
}


def openapi_document() -> dict[str, Any]:
    """The document. Its paths are relative to the app's base, wherever that is mounted."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "anyhost",
            "description": "Live anywidgets of one Python session. Binary is base64 here; on the socket it follows "
            "its text as bytes.",
            "version": str(PROTOCOL_VERSION),
        },
        "servers": [{"url": "..", "description": "The base of the app, from where this document is served"}],
        "paths": {
            "/api/kernel/set_model_value": {"post": _SET_MODEL_VALUE},
            "/api/openapi.json": {"get": _OPENAPI},
            "/healthz": {"get": _HEALTH},
            "/modules/{name}": {"get": _MODULE},
            "/ws": {"get": _SOCKET},
        },
        "components": {"schemas": definitions(_COMPONENTS, ref_template="#/components/schemas/{name}", buffers=BASE64)},
    }


def _operation(id_: str, summary: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": id_, "summary": summary, **more, "responses": responses}


def _json(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refused(description: str) -> dict[str, Any]:
    return _json(description, {"$ref": "#/components/schemas/Refusal"})


def _parameter(where: str, name: str, description: str, schema: Schema | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "description": description, "schema": schema or {"type": "string"}, **more}


_REFUSED_OR_REJECTED: Schema = {
    "anyOf": [{"$ref": "#/components/schemas/Refusal"}, {"$ref": "#/components/schemas/ModelAck"}],
    "discriminator": {
        "propertyName": "op",
        "mapping": {"refusal": "#/components/schemas/Refusal", "model-ack": "#/components/schemas/ModelAck"},
    },
}

_SET_MODEL_VALUE = _operation(
    "set_model_value",
    "Set values of a model, or send it a custom message",
    {
        "200": _json("What became of it", {"$ref": "#/components/schemas/ModelAck"}),
        "400": _refused("The body is not such a request: the text names the field, what was expected and what came"),
        "401": _refused("The token is missing"),
        "403": _refused("This Host or Origin is not served; the text says what allows it"),
        "404": _json(
            "There is no such session (a refusal), or no such model in it (an answer that says `rejected`)",
            _REFUSED_OR_REJECTED,
        ),
        "413": _refused("The body is over the limit"),
        "429": _refused("Too many commands wait for their answers"),
    },
    parameters=[
        _parameter("header", "Anyhost-Session-Id", "The session"),
        _parameter("header", "Marimo-Session-Id", "The same, from a client of marimo's protocol"),
    ],
    requestBody={"required": True, **_json("The request", {"$ref": "#/components/schemas/SetModelValue"})},
)

_OPENAPI = _operation("openapi", "This document", {"200": _json("It", {"type": "object"})})

_HEALTH = _operation("healthz", "Whether the server is up", {"200": {"description": "It is"}})

_MODULE = _operation(
    "module",
    "Front-end code or style of a widget, immutable",
    {"200": {"description": "The code"}, "404": {"description": "There is none of this name"}},
    parameters=[_parameter("path", "name", "Hash of the content, and `.js` or `.css`", required=True)],
)

_SOCKET = _operation(
    "socket",
    "The socket of one client: notifications come, commands go",
    {
        "101": {
            "description": "A websocket. Its text frames are `Notification`s from the server and `Command`s from the "
            "client, with byte lengths for `buffers`; their bytes follow as binary frames."
        }
    },
    parameters=[
        _parameter("query", "session", "The session to come back to"),
        _parameter("query", "client", "128 random bits, made at each load of a page and kept over its reconnections"),
        _parameter("query", "after", "The last `seq` that the client has handled", {"type": "integer", "minimum": 0}),
        _parameter("query", "previous", "The client that this page was before it was loaded anew"),
    ],
)
