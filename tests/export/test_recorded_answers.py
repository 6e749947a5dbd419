"""Which answers belong to which questions, as both are overheard."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from anyhost.export.answers import Answers
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelUpdateMessage,
    ModelUpdateRequest,
)
from anyhost.testing.kernel import raw_state


def question(serial: int, content: Any) -> ModelCommand:
    message = ModelCustomRequest(content=msgspec.Raw(msgspec.json.encode(content)))
    return ModelCommand(model_id="m", command_id=serial, message=message)


def told(content: Any) -> ModelLifecycle:
    message = ModelCustomMessage(content=msgspec.Raw(msgspec.json.encode(content)), buffers=Buffers())
    return ModelLifecycle(model_id="m", message=message)


def changed(**state: Any) -> ModelLifecycle:
    message = ModelUpdateMessage(state=raw_state(**state), buffer_paths=[], buffers=Buffers())
    return ModelLifecycle(model_id="m", message=message)


def test_what_is_said_while_a_question_is_handled_belongs_to_it() -> None:
    answers = Answers()
    answers.hear_message(told("by itself"))
    answers.hear_command(question(1, "one"))
    answers.hear_command(question(2, "two"))
    answers.hear_message(told("of one"))
    answers.hear_message(changed(count=1))
    answers.hear_message(ModelAck(model_id="m", command_id=1))
    answers.hear_message(told("of two"))
    answers.hear_message(ModelAck(model_id="m", command_id=2))
    answers.hear_message(told("by itself again"))
    assert [asked.answers for asked in answers.asked] == [[told("of one"), changed(count=1)], [told("of two")]]


def test_what_a_write_causes_belongs_to_no_question() -> None:
    answers = Answers()
    write = ModelCommand(model_id="m", command_id=1, message=ModelUpdateRequest(state=raw_state(count=1)))
    answers.hear_command(write)
    answers.hear_command(question(2, "two"))
    answers.hear_message(told("of the write"))
    answers.hear_message(ModelAck(model_id="m", command_id=1))
    assert [asked.answers for asked in answers.asked] == [[]]


def test_a_question_that_names_itself_has_what_names_it_whenever_that_comes() -> None:
    answers, first, second = Answers(), str(uuid.uuid4()), str(uuid.uuid4())
    for serial, name in enumerate((first, second), 1):
        answers.hear_command(question(serial, {"id": name, "kind": "anywidget-command"}))
        answers.hear_message(ModelAck(model_id="m", command_id=serial))
    assert answers.unanswered == 2
    answers.hear_message(told({"id": second, "response": 2}))
    answers.hear_message(told({"id": str(uuid.uuid4()), "response": 3}))
    assert answers.unanswered == 1
    answers.hear_message(told({"id": first, "response": 1}))
    assert [len(asked.answers) for asked in answers.asked] == [1, 1]
    assert answers.asked[0].answers == [told({"id": first, "response": 1})]
