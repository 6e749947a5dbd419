"""Starts and stops one host's server and weighs its process tree."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

HERE = Path(__file__).parent


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`with Server(host, n=10) as s:` writes the app, starts it, waits for HTTP."""

    def __init__(self, host, n=1, kind="many"):
        self.host, self.n, self.kind = host, n, kind

    def __enter__(self):
        files = self.host.app(self.kind)
        if files is None:
            raise NotImplementedError(f"{self.host.name} has no app for '{self.kind}'")
        self.dir = Path(tempfile.mkdtemp(prefix="bench-"))
        work = self.dir / "app"
        work.mkdir()
        shutil.copy(HERE / "widget.py", work)
        for name, text in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        self.port = free_port()
        self.url = self.host.url(self.port)
        env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        env |= {
            "HOME": str(self.dir),  # no user settings, nothing left behind
            "PATH": f"{self.host.bin}:{env['PATH']}",
            "VIRTUAL_ENV": str(self.host.bin.parent),
            "PYTHONPATH": os.pathsep.join([*self.host.paths, str(work)]),
            "PYTHONUNBUFFERED": "1",
            "BENCH_N": str(self.n),
            "BENCH_PORT": str(self.port),
            "BENCH_BLOB": "1" if self.host.binary else "0",
        }
        env |= self.host.env(self.port)
        self.log = self.dir / "server.log"
        self.started = time.time()
        with self.log.open("w") as out:
            self.proc = subprocess.Popen(
                self.host.command(self.port),
                cwd=work,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            self._wait_http()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait_http(self, timeout=90):
        end = time.time() + timeout
        while time.time() < end:
            if self.proc.poll() is not None:
                raise RuntimeError(f"server exited: {self.tail()}")
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"server not up: {self.tail()}")

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def tree(self):
        try:
            p = psutil.Process(self.proc.pid)
            return [p, *p.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self):
        """PSS and RSS of the process tree in MB."""
        pss = rss = 0
        for p in self.tree():
            try:
                m = p.memory_full_info()
                pss += m.pss
                rss += m.rss
            except psutil.Error:
                pass
        return {"pss": round(pss / 1e6, 1), "rss": round(rss / 1e6, 1), "processes": len(self.tree())}

    def peak(self):
        """The most that each process of the tree has taken so far, together, in MB."""
        total = 0
        for p in self.tree():
            try:
                status = Path(f"/proc/{p.pid}/status").read_text()
                total += int(status.split("VmHWM:")[1].split()[0]) / 1e3
            except OSError:
                pass
        return round(total, 1)

    def __exit__(self, *_):
        tree = self.tree()
        for p in tree:
            try:
                p.send_signal(signal.SIGTERM)
            except psutil.Error:
                pass
        _, alive = psutil.wait_procs(tree, timeout=5)
        for p in alive:
            try:
                p.kill()
            except psutil.Error:
                pass
        psutil.wait_procs(alive, timeout=5)
        self.proc.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)
