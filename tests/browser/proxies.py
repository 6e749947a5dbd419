"""nginx with what docs/deployment.md says, as a process of the test's own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "deployment.md"
NAME = "app.example.com"
END_S = 20

_AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    {paths}
    {blocks}
}}
"""
_PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def documented(start: str) -> str:
    """The block of nginx's configuration in the page that begins with these words."""
    (block,) = [each for each in re.findall(r"```nginx\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL) if start in each]
    return str(block)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for `NAME` that nobody has signed, and its key."""
    paths = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={NAME}", "-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@contextmanager
def nginx(folder: Path, blocks: str, *ports: int) -> Iterator[None]:
    """Running with these blocks, which listen on these ports."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is not installed: make nginx"
    paths = "".join(f"{name}_temp_path {folder}/{name};\n    " for name in _PATHS)
    file = folder / "nginx.conf"
    file.write_text(_AROUND.format(folder=folder, paths=paths, blocks=blocks), encoding="utf-8")
    command = [program, "-p", str(folder), "-e", "stderr", "-c", str(file)]
    with subprocess.Popen(command) as process:
        try:
            for port in ports:
                _await(port, process)
            yield
        finally:
            process.terminate()
            process.wait(END_S)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it accepts connections there."""
    deadline = time.monotonic() + END_S
    while True:
        assert process.poll() is None, "nginx has ended; why is on stderr"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return
