"""`POST /api/kernel/set_model_value`, and the OpenAPI document."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from asking import ask
from scripted_server import BEARER, Scripted, scripted_server

from anyhost.protocol.messages import ModelUpdateRequest
from anyhost.protocol.openapi import openapi_document
from anyhost.session.connection import Connection
from anyhost.session.settings import SessionSettings
from anyhost.testing.client import RecordingClient
from anyhost.testing.kernel import ScriptedKernel

pytestmark = pytest.mark.anyio

TARGET = "/api/kernel/set_model_value"


@asynccontextmanager
async def with_model(server: Scripted) -> AsyncIterator[tuple[Connection, ScriptedKernel]]:
    """A session that shows the model "m"."""
    async with server.pool.join() as connection:
        kernel = await server.starter.kernel()
        kernel.open("m", count=1, data=None)
        client = RecordingClient(connection)
        while "m" not in client.replay.model_ids:
            await client.next()
        yield connection, kernel


async def post(
    server: Scripted, session_id: str | None, body: Any, *, header: str = "anyhost-session-id"
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {} if session_id is None else {header: session_id}
    return await ask(server.app, TARGET, method="POST", headers=BEARER | named, content=content)


def update(**state: Any) -> dict[str, Any]:
    return {"modelId": "m", "message": {"method": "update", "state": state, "bufferPaths": []}, "buffers": []}


@pytest.mark.parametrize("header", ["Anyhost-Session-Id", "Marimo-Session-Id"])
async def test_a_value_is_set_and_answered_with_the_ack(header: str) -> None:
    async with scripted_server() as server, with_model(server) as (connection, kernel):
        body = update(count=6) | {"commandId": 7}
        answering = asyncio.create_task(post(server, connection.session_id, body, header=header))
        command = await kernel.model_command()
        assert isinstance(command.message, ModelUpdateRequest)
        assert bytes(command.message.state["count"]) == b"6"
        kernel.answer(command, "corrected", count=5)
        answer = await answering
        assert answer.status_code == 200
        ack = answer.json()
        assert (ack["op"], ack["model_id"], ack["command_id"], ack["status"]) == ("model-ack", "m", 7, "corrected")
        assert ack["state"] == {"count": 5}


async def test_binary_comes_as_base64() -> None:
    async with scripted_server() as server, with_model(server) as (connection, kernel):
        body = update(data=None)
        body["message"]["bufferPaths"] = [["data"]]
        body["buffers"] = [base64.b64encode(b"\0\xff" * 1000).decode()]
        answering = asyncio.create_task(post(server, connection.session_id, body))
        command = await kernel.model_command()
        assert [bytes(buffer) for buffer in command.buffers] == [b"\0\xff" * 1000]
        kernel.answer(command)
        assert (await answering).json()["status"] == "accepted"


async def test_an_unknown_model_is_404_with_the_ack_that_says_so() -> None:
    async with scripted_server() as server, with_model(server) as (connection, _):
        answer = await post(server, connection.session_id, update(count=1) | {"modelId": "nobody"})
        assert answer.status_code == 404
        assert answer.json()["status"] == "rejected"


async def test_a_session_that_is_not_there_is_404_and_none_is_400() -> None:
    async with scripted_server() as server:
        gone = await post(server, "gone", update(count=1))
        assert (gone.status_code, gone.json()["op"]) == (404, "refusal")
        assert "there is no session 'gone'" in gone.json()["error"]
        unnamed = await post(server, None, update(count=1))
        assert unnamed.status_code == 400
        assert "Anyhost-Session-Id" in unnamed.json()["error"]
        assert not list(server.pool)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "got"),
        (b"{", "got"),
        (b"\xff", "got"),
        (update(count=1) | {"modelId": 5}, "`$.modelId`"),
        ({"modelId": "m"}, "`message`"),
        (update(count=1) | {"buffers": ["not base64!"]}, "base64"),
        (update(count=1) | {"buffers": [12]}, "base64"),
    ],
)
async def test_a_body_that_cannot_be_read_is_400_and_says_why(body: Any, said: str) -> None:
    async with scripted_server() as server, with_model(server) as (connection, _):
        answer = await post(server, connection.session_id, body)
        assert answer.status_code == 400
        assert said in answer.json()["error"]


async def test_a_body_over_the_limit_is_413_before_it_is_read() -> None:
    async with scripted_server(message_limit=1000) as server, with_model(server) as (connection, _):
        headers = BEARER | {"anyhost-session-id": connection.session_id, "content-length": "1001"}
        announced = await ask(server.app, TARGET, method="POST", headers=headers, content=b"{}")
        assert announced.status_code == 413
        headers["content-length"] = "0"
        sent = await ask(server.app, TARGET, method="POST", headers=headers, content=b" " * 1001)
        assert sent.status_code == 413
        assert "at most 1000 bytes" in sent.json()["error"]


async def test_too_many_that_wait_are_429() -> None:
    limits = SessionSettings(waiting_commands=2)
    async with scripted_server(limits=limits) as server, with_model(server) as (connection, kernel):
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(post(server, connection.session_id, update(count=n))) for n in range(2)]
            commands = [await kernel.model_command() for _ in waiting]
            assert (await post(server, connection.session_id, update(count=9))).status_code == 429
            for command in commands:
                kernel.answer(command)
        assert {task.result().status_code for task in waiting} == {200}


async def test_the_openapi_document_is_served() -> None:
    async with scripted_server() as server:
        assert (await ask(server.app, "/api/openapi.json", headers=BEARER)).json() == openapi_document()
