"""python bench/run.py --hosts marimo,shinywidgets --measures M1,M2 [--rounds 3] [--out FILE]

Rounds are interleaved (every host once, then every host again), so a busy moment
of the machine does not hit one host only. Results go to bench/results/: a JSON, and the tables as Markdown.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import hosts
import report
from chrome import Chrome
from measures import ALL

DEFAULT = "floor,floor_ws,marimo,marimo_edit,shinywidgets,panel,solara,nicegui,voila"


def versions(host):
    code = "import sys,importlib.metadata as m; print(*(p+'='+m.version(p) for p in sys.argv[1:]))"
    out = subprocess.run([host.python, "-c", code, *host.packages], capture_output=True, text=True)
    return out.stdout.split()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--hosts", default=DEFAULT, type=lambda s: s.split(","))
    p.add_argument("--measures", default=",".join(ALL), type=lambda s: s.split(","))
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--out", type=Path)
    a = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped
    out = a.out or HERE / "results" / time.strftime("%Y%m%d-%H%M%S.json")
    out.parent.mkdir(exist_ok=True)
    adapters = [hosts.load(name) for name in a.hosts]
    result = {
        "when": time.strftime("%Y-%m-%d %H:%M:%S"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_before": os.getloadavg(),
        "hosts": {h.name: {"versions": versions(h), "note": h.note} for h in adapters},
        "runs": [],
    }
    for measure in a.measures:
        for round_ in range(a.rounds):
            for host in adapters:
                start = time.time()
                with Chrome() as chrome:
                    result["chrome"] = chrome.version
                    try:
                        data = ALL[measure](chrome, host)
                    except NotImplementedError as e:  # what this host does not have, as the floor has no cells
                        data = {"error": f"not measured: {e}"[:1500]}
                    except Exception as e:
                        if os.environ.get("BENCH_TRACE"):
                            traceback.print_exc()
                        data = {"error": f"{type(e).__name__}: {e}"[:1500]}
                run = {"measure": measure, "round": round_, "host": host.name, "load": os.getloadavg()[0], "data": data}
                result["runs"].append(run)
                print(f"{measure} {host.name} ({time.time() - start:.0f} s): {json.dumps(data)[:600]}", flush=True)
                out.write_text(json.dumps(result, indent=1))
    tables = report.markdown([result])
    out.with_suffix(".md").write_text(tables + "\n")
    print(f"\n{tables}\n-> {out.name}")


if __name__ == "__main__":
    main()
