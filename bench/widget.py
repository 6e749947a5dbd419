"""The one anywidget every host runs. Copied next to each generated app.

Traits
  value   Int    set by the page; Python answers with `echo = value`       (M1, M2, M5)
  echo    Int    set by Python only
  blob    Bytes  binary, either way. `echo_update=False` is what ipywidgets
                 documents for large values: without it the kernel would send
                 every upload back and M3 would time both directions.       (M3)
  ack     Dict   {"seq", "len"} after the page has set `blob`              (M3)
  items   Dict   a bit of state, shown by render()                         (M4)

Commands (`prepare`, `down`, `stats`) arrive as custom messages; for hosts
without custom messages the page uses the traits `cmd`/`reply` instead.
`__bench` is created by driver.js, which the harness injects before any page script.
"""

import os
import zlib

import anywidget
import traitlets as t

ESM = """
const B = globalThis.__bench;
export default {
  initialize({ model }) {
    B.note("inits", model.get("wid"));
    return () => B.note("uninits", model.get("wid"));
  },
  render({ model, el }) {
    const wid = model.get("wid");
    const show = () => { el.firstChild.textContent = model.get("items").label + " = " + model.get("value"); };
    el.append(document.createElement("span"));
    el.firstChild.className = "bench-text";
    el.firstChild.dataset.wid = wid;
    show();
    model.on("change:value", show);
    B.models[wid] = model;
    B.note("renders", wid);
    return () => { model.off("change:value", show); B.note("unrenders", wid); };
  },
};
"""


class BenchWidget(anywidget.AnyWidget):
    _esm = ESM
    wid = t.Unicode("w0").tag(sync=True)
    value = t.Int(0).tag(sync=True)
    echo = t.Int(-1).tag(sync=True)
    items = t.Dict().tag(sync=True)
    ack = t.Dict().tag(sync=True)
    cmd = t.Dict().tag(sync=True)
    reply = t.Dict().tag(sync=True)
    if os.environ.get("BENCH_BLOB", "1") == "1":
        # Hosts on ipywidgets' comm hand over a memoryview, which Bytes rejects.
        blob = t.Bytes(b"").tag(sync=True, echo_update=False, from_json=lambda v, _: bytes(v))

    def __init__(self, **kw):
        super().__init__(**kw)
        self._seen = 0  # values Python saw, for M2
        self._uploads = 0
        self._payload = b""
        self._sending = False
        self.observe(self._on_value, "value")
        self.observe(self._on_cmd, "cmd")
        if self.has_trait("blob"):
            self.observe(self._on_blob, "blob")
        self.on_msg(self._on_msg)

    def _on_value(self, change):
        self._seen += 1
        self.echo = change["new"]

    def _on_blob(self, change):
        if not self._sending:
            self._uploads += 1
            self.ack = {"seq": self._uploads, "len": len(change["new"])}

    def _on_msg(self, _widget, content, _buffers):
        answer = self._do(content)
        if answer is not None:
            self.send(answer)

    def _on_cmd(self, change):
        answer = self._do(change["new"])
        if answer is not None:
            self.reply = answer

    def _do(self, content):
        cmd = content.get("cmd")
        answer = {"id": content.get("id")}
        if cmd == "prepare":  # random bytes: no compression, no cache can help
            self._payload = os.urandom(content["size"])
            return {**answer, "adler": zlib.adler32(self._payload)}
        if cmd == "down":
            self._sending = True
            self.blob = self._payload
            self._sending = False
            return None
        if cmd == "stats":
            blob = getattr(self, "blob", b"")
            return {
                **answer,
                "seen": self._seen,
                "value": self.value,
                "len": len(blob),
                "adler": zlib.adler32(blob),
            }
        return None


def make(n=None):
    """n widgets (default: $BENCH_N), numbered w0, w1, ..."""
    n = int(os.environ.get("BENCH_N", "1")) if n is None else n
    return [BenchWidget(wid=f"w{i}", items={"label": f"widget {i}", "xs": list(range(10))}) for i in range(n)]
