"""Writes what is generated from the Python definitions of the wire. `--check` only says what is not current.

Output is a pure function of `src/anyhost/protocol/`; the files are committed, so that a reader and an
`npm install` need no Python.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from anyhost.protocol import messages
from anyhost.protocol.openapi import openapi_document
from anyhost.protocol.schema import schema_document
from generation import malformed, tables, typescript

ROOT = Path(__file__).resolve().parents[1]


def generated() -> dict[str, str]:
    """The content of each generated file, by its path from the root of the repository."""
    roots = {"Notification": messages.Notification, "Command": messages.Command}
    typescript_of = "packages/protocol/src"
    return {
        f"{typescript_of}/messages.gen.ts": typescript.messages_module(messages, roots),
        f"{typescript_of}/lifecycle.gen.ts": typescript.lifecycle_module(),
        f"{typescript_of}/policy.gen.ts": typescript.policy_module(),
        "spec/schema.json": json.dumps(schema_document(), indent=2) + "\n",
        "spec/openapi.json": json.dumps(openapi_document(), indent=2) + "\n",
        "spec/malformed.json": json.dumps(malformed.malformed_document(roots), indent=2) + "\n",
        "docs/messages.md": tables.messages_page(),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is not current")
    check = parser.parse_args(arguments).check
    stale = []
    for name, content in generated().items():
        path = ROOT / name
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    for name in stale:
        print(f"{name} {'is not current: run `make generate`' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
