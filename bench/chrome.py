"""A headless Chromium over raw CDP.

Not Playwright: it enables CDP's Network domain on every page, which makes the
renderer copy and base64 each websocket frame to the driver. With 50 MB frames
that is part of what we would time. Here the Network domain is on only while
bytes are being counted (M4's separate counting load).
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

EXE = os.environ.get("BENCH_CHROMIUM", shutil.which("chromium") or "chromium")
FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync
--disable-background-timer-throttling --disable-renderer-backgrounding
--disable-backgrounding-occluded-windows --disable-features=Translate,MediaRouter
--no-proxy-server --window-size=1280,900 --remote-debugging-port=0""".split()
# What is not local fails at once.
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
DRIVER = (Path(__file__).parent / "driver.js").read_text()


class JSError(Exception):
    pass


class Chrome:
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="bench-chrome-")
        self.proc = subprocess.Popen(
            [EXE, *FLAGS, f"--user-data-dir={self.dir}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = Path(self.dir, "DevToolsActivePort")
        end = time.time() + 30
        while not (port_file.exists() and port_file.read_text().count("\n")):
            if time.time() > end:
                raise TimeoutError("chromium did not start")
            time.sleep(0.05)
        port = port_file.read_text().split("\n")[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version") as r:
            info = json.load(r)
        self.version = info["Browser"]
        self.ws = connect(info["webSocketDebuggerUrl"], max_size=None, compression=None, proxy=None)
        self.next_id = 0
        self.listeners = {}
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except Exception:
            self.proc.kill()
        self.proc.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)

    def call(self, method, params=None, session=None, timeout=180):
        self.next_id += 1
        msg = {"id": self.next_id, "method": method, "params": params or {}}
        if session:
            msg["sessionId"] = session
        self.ws.send(json.dumps(msg))
        end = time.time() + timeout
        while True:
            reply = json.loads(self.ws.recv(timeout=max(0.01, end - time.time())))
            if reply.get("id") == msg["id"]:
                if "error" in reply:
                    raise JSError(reply["error"]["message"])
                return reply["result"]
            if "method" in reply and reply.get("sessionId") in self.listeners:
                self.listeners[reply["sessionId"]](reply["method"], reply["params"])

    def page(self):
        """A page in its own fresh browser context: empty cache, no cookies."""
        return Page(self)


class Page:
    def __init__(self, chrome):
        self.chrome = chrome
        self.context = chrome.call("Target.createBrowserContext")["browserContextId"]
        self.target = chrome.call(
            "Target.createTarget",
            {
                "url": "about:blank",
                "browserContextId": self.context,
                "newWindow": True,
            },
        )["targetId"]
        self.session = chrome.call("Target.attachToTarget", {"targetId": self.target, "flatten": True})["sessionId"]
        self.log = []  # page errors and console.error, for debugging an adapter
        self.net = None
        chrome.listeners[self.session] = self._event
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", {"source": DRIVER})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.chrome.listeners.pop(self.session, None)
        self.chrome.call("Target.disposeBrowserContext", {"browserContextId": self.context})

    def call(self, method, params=None, timeout=180):
        return self.chrome.call(method, params, self.session, timeout)

    def js(self, expression, timeout=180):
        r = self.call(
            "Runtime.evaluate",
            {"expression": expression, "awaitPromise": True, "returnByValue": True},
            timeout,
        )
        if "exceptionDetails" in r:
            d = r["exceptionDetails"]
            raise JSError(d.get("exception", {}).get("description", d["text"]))
        return r["result"].get("value")

    def goto(self, url):
        self.call("Page.navigate", {"url": url})

    def reload(self):
        self.js("globalThis.__stale = true")
        self.call("Page.reload")
        while self.probe("globalThis.__stale"):
            time.sleep(0.01)

    def probe(self, expression):
        """js(), but a navigation under way is None and not an error."""
        try:
            return self.js(expression)
        except JSError:
            return None

    def wait(self, expression, timeout=60, every=0.05):
        end = time.time() + timeout
        while time.time() < end:
            value = self.probe(expression)
            if value:
                return value
            time.sleep(every)
        raise TimeoutError(
            f"{expression} not true within {timeout} s: {self.probe('__bench.status()')} {self.log[-3:]}"
        )

    def count_bytes(self):
        """Start counting what the page receives and sends."""
        self.net = {"http": 0, "ws_in": 0, "ws_out": 0, "requests": 0, "foreign": []}
        self.call("Network.enable")

    def _event(self, method, p):
        if method == "Runtime.exceptionThrown":
            d = p["exceptionDetails"]
            self.log.append(d.get("exception", {}).get("description", d["text"])[:300])
        elif method == "Runtime.consoleAPICalled" and p["type"] == "error":
            self.log.append(" ".join(str(a.get("value", a.get("description"))) for a in p["args"])[:300])
        elif self.net is None:
            pass
        elif method == "Network.requestWillBeSent":
            url = p["request"]["url"]
            self.net["requests"] += 1
            if url.startswith("http") and "127.0.0.1" not in url:
                self.net["foreign"].append(url)
        elif method == "Network.loadingFinished":
            self.net["http"] += int(p["encodedDataLength"])
        elif method in ("Network.webSocketFrameReceived", "Network.webSocketFrameSent"):
            f = p["response"]
            size = len(f["payloadData"]) if f["opcode"] == 1 else len(f["payloadData"]) * 3 // 4
            self.net["ws_in" if method.endswith("Received") else "ws_out"] += size
