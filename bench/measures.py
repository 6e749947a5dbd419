"""M1..M9. Each takes (chrome, host) and returns a dict for the JSON."""

import contextlib
import statistics
import subprocess
import time
from pathlib import Path

from chrome import JSError

from server import Server

HERE = Path(__file__).parent
SETTLE = 1.0  # s of quiet after the first render, before timing


def quantiles(xs):
    xs = sorted(xs)
    q = lambda p: xs[min(len(xs) - 1, int(p * len(xs)))]
    return {"median": statistics.median(xs), "p95": q(0.95), "p99": q(0.99), "n": len(xs)}


def r(x, digits=2):
    if isinstance(x, dict):
        return {k: r(v, digits) for k, v in x.items()}
    return round(x, digits) if isinstance(x, float) else x


def open_page(page, server, n=1, timeout=120):
    """Navigate, wait until n widgets are rendered; ms since navigation, by the page's clock."""
    page.goto(server.url)
    try:
        page.wait(f"__bench.status().rendered >= {n}", timeout)
    except TimeoutError as e:
        raise TimeoutError(f"{e}\nserver log: {server.tail()}") from None
    page.js(f"__bench.custom = {str(server.host.custom_messages).lower()}")
    return page.js(f"__bench.renderedAt({n})")


@contextlib.contextmanager
def one_widget(chrome, host):
    with Server(host) as server, chrome.page() as page:
        open_page(page, server)
        time.sleep(SETTLE)
        yield page, server


def m1(chrome, host):
    """Round trip: set value -> Python observer sets echo -> change:echo."""
    with one_widget(chrome, host) as (page, _):
        got = page.js("__bench.roundTrips('w0', 200, 30)")
        # The page's clock ticks every 0.1 ms; the mean is finer.
        return r({**quantiles(got["times"]), "mean": got["total"] / 200}, 3)


def m2(chrome, host):
    """500 updates with a 4 ms gap."""
    with one_widget(chrome, host) as (page, _):
        page.js("__bench.roundTrips('w0', 20, 0)")
        return r(page.js("__bench.burst('w0', 500, 4)"))


def m3(chrome, host, sizes=((1, 11), (10, 16), (50, 9))):
    """Binary both ways, random bytes, checksums compared after the clock stops.

    Each size and direction on a fresh page and server: one that fails (a message
    limit, say) may take the connection with it. The first transfer is warm-up.
    """
    out = {}
    if not host.binary:
        return {"error": "no binary traits"}
    for way in ("down", "up"):
        for mb, reps in sizes:
            key = f"{way}{mb}"
            if "error" in out.get(f"{way}{sizes[0][0]}", {}):
                out[key] = {"error": f"skipped: {sizes[0][0]} MB failed"}
                continue
            try:
                with one_widget(chrome, host) as (page, server):
                    runs = [page.js(f"__bench.{way}('w0', {mb * 1_000_000}, 30000)") for _ in range(reps)][1:]
                ms = [x["ms"] for x in runs]
                out[key] = r(
                    {
                        "ms": statistics.median(ms),
                        "mb_s": mb / statistics.median(ms) * 1000,
                        "all_ms": [round(x, 1) for x in ms],
                        "intact": all(x["intact"] for x in runs),
                        "type": runs[0].get("type"),
                    }
                )
            except (JSError, TimeoutError) as e:
                out[key] = {"error": str(e).split("\n")[0]}
    return out


def m4(chrome, host, plan=((10, 3), (100, 3), (1000, 2))):
    """n widgets on one page: time, server memory, bytes. Every load has an empty browser cache."""
    out = {}
    for n, loads in plan:
        try:
            with Server(host, n=n) as server:
                idle = server.memory()
                ms = []
                memory = None  # of the first load: hosts may keep closed sessions a while
                for _ in range(loads):
                    with chrome.page() as page:
                        ms.append(open_page(page, server, n))
                        assert f"widget {n - 1} = 0" in page.js("__bench.texts()")
                        time.sleep(0.5)
                        memory = memory or server.memory()
                        inits, renders = page.js("[__bench.inits.length, __bench.renders.length]")
                    time.sleep(0.5)
                with chrome.page() as page:  # bytes: a separate, untimed load
                    page.count_bytes()
                    open_page(page, server, n)
                    time.sleep(1)
                    page.js("0")
                    net = page.net
            out[str(n)] = {
                "ms": round(statistics.median(ms)),
                "all_ms": [round(x) for x in ms],
                "alone_ms": round(alone(host, n)) if "anywidget" in host.packages else None,
                "inits": inits,
                "renders": renders,
                "memory": memory,
                "memory_idle": idle,
                "http_mb": round(net["http"] / 1e6, 2),
                "ws_mb": round((net["ws_in"] + net["ws_out"]) / 1e6, 3),
                "requests": net["requests"],
                "foreign": sorted(set(net["foreign"]))[:5],
            }
        except (JSError, TimeoutError, AssertionError, RuntimeError) as e:
            out[str(n)] = {"error": str(e)[:600]}
    return out


def m5(chrome, host):
    """Set 123 in the page, reload: what does the new page show, and when?"""
    with one_widget(chrome, host) as (page, _):
        page.js("__bench.setAndWait('w0', 123)")
        time.sleep(0.5)
        page.reload()
        page.wait("__bench.status().rendered >= 1", 60)
        ms = page.js("__bench.renderedAt(1)")
        first = page.js("__bench.texts()")
        time.sleep(2)
        texts = page.js("__bench.texts()")
        value = page.js("__bench.models.w0.get('value')")
        page.js(f"__bench.custom = {str(host.custom_messages).lower()}")
        try:
            python = page.js("__bench.ask('w0', {cmd: 'stats'}, 5000)")["value"]
            page.js("__bench.setAndWait('w0', 124, 5000)")
            live = True
        except JSError:
            python, live = None, False
        return r({"ms": ms, "first": first, "shown": texts, "model": value, "python": python, "live": live})


def m6(chrome, host, starts=3, sessions=20):
    """Process start -> first widget rendered; memory with 1 and with 20 sessions."""
    cold, one = [], None
    for _ in range(starts):
        with Server(host) as server, chrome.page() as page:
            end = time.time() + 90
            while True:  # the port may be open before the app answers
                page.goto(server.url)
                try:
                    page.wait("__bench.status().rendered >= 1", 20)
                    break
                except TimeoutError:
                    if time.time() > end:
                        raise
            at = page.js("(__bench.status().origin + __bench.renderedAt(1)) / 1000")
            cold.append(at - server.started)
            time.sleep(2)
            one = server.memory()
    out = {"cold_s": statistics.median(cold), "all_s": [round(x, 2) for x in cold], "memory_1": one}
    if host.multi_session:
        with Server(host) as server, contextlib.ExitStack() as stack:
            for _ in range(sessions):
                page = stack.enter_context(chrome.page())
                open_page(page, server)
            time.sleep(2)
            out[f"memory_{sessions}"] = server.memory()
            last = page.js("__bench.setAndWait('w0', 7)")  # still alive
            out["alive"] = bool(last)
    return r(out)


def m7(chrome, host):
    """One model shown in two places, then hidden, then shown again: AFM call counts."""
    if host.toggle is None:
        return {"error": "not measured"}
    with Server(host, kind="twice") as server, chrome.page() as page:
        open_page(page, server)
        counts = []
        for step in range(3):
            if step:
                page.js(host.toggle)
            time.sleep(2)
            counts.append(page.js("__bench.counts()"))
        return dict(zip(("shown", "hidden", "again"), counts))


def m8(chrome, host, mb=500):
    """One transfer of 500 MB each way, and the most memory that server and kernel took for it together."""
    out = {}
    for way in ("down", "up"):
        try:
            with one_widget(chrome, host) as (page, server):
                idle = server.peak()
                got = page.js(f"__bench.{way}('w0', {mb * 1_000_000}, 120000)", timeout=200)
                peak = server.peak() - idle
            out[way] = r({"ms": got["ms"], "intact": got["intact"], "peak_mb": peak, "payloads": peak / mb})
        except (JSError, TimeoutError) as e:
            out[way] = {"error": str(e).split("\n")[0]}
    return out


def m9(chrome, host):
    """A write in the page, a one-line cell that reads it runs again, its output changes: 100 in sequence."""
    with Server(host, kind="rerun") as server, chrome.page() as page:
        open_page(page, server)
        time.sleep(SETTLE)
        got = page.js("__bench.reruns('w0', 100, 20)")
        return r({**quantiles(got["times"]), "mean": got["total"] / 100}, 3)


def alone(host, n, times=3):
    """Milliseconds that Python needs to make n of the widgets, with nobody there to show them."""
    code = (
        "import os, sys, time; sys.path.insert(0, sys.argv[1]); import widget; widget.make(1); "
        "began = time.perf_counter(); made = widget.make(int(sys.argv[2])); "
        "print((time.perf_counter() - began) * 1e3)"
    )
    run = [host.python, "-c", code, str(HERE), str(n)]
    return statistics.median(
        float(subprocess.run(run, capture_output=True, text=True).stdout or 0) for _ in range(times)
    )


ALL = {"M1": m1, "M2": m2, "M3": m3, "M4": m4, "M5": m5, "M6": m6, "M7": m7, "M8": m8, "M9": m9}
