"""python bench/compare.py [BASE]: the microbenchmarks of this tree beside those of another commit, as ratios.

Both are run in turn, on the same machine at the same time, and with this tree's benchmarks; of each the quickest
round counts, which other load changes least. BASE is the commit before this one, or where this branch began.
It prints, and judges nothing: time alone fails no build. What cannot run in this tree does.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ROUNDS = 2
NOTABLE = 1.25
"""A ratio beyond which a line is marked; less than that is often the machine's mood."""


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)


def base_commit():
    """Where this branch left the main one; on the main one, the commit before."""
    head = git("rev-parse", "HEAD").stdout.strip()
    for candidate in ("origin/main", "main"):
        found = git("merge-base", "HEAD", candidate).stdout.strip()
        if found and found != head:
            return found
    return git("rev-parse", "--verify", "--quiet", "HEAD~1").stdout.strip()


def check_out(commit, folder):
    """The commit's sources, with this tree's environments around them."""
    archive = folder / "tree.tar"
    made = git("archive", "--format=tar", f"--output={archive}", commit, "src", "packages", "tests")
    if made.returncode:
        raise LookupError(made.stderr.strip())
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    for name in ("package.json", "tsconfig.json", "vitest.config.ts"):
        shutil.copy(ROOT / name, folder)
    for package in (ROOT / "packages").iterdir():
        shutil.rmtree(folder / "packages" / package.name / "bench", ignore_errors=True)
        if (package / "bench").is_dir() and (folder / "packages" / package.name).is_dir():
            shutil.copytree(package / "bench", folder / "packages" / package.name / "bench")
    if (ROOT / "node_modules").is_dir():
        modules = folder / "node_modules"
        modules.mkdir()
        for entry in (ROOT / "node_modules").iterdir():
            if entry.name != "@anyhost":
                (modules / entry.name).symlink_to(entry)
        (modules / "@anyhost").mkdir()
        for package in (folder / "packages").iterdir():
            (modules / "@anyhost" / package.name).symlink_to(package)
    return folder


def python_times(tree, out):
    """The quickest round of each, in seconds."""
    env = {**os.environ, "PYTHONPATH": str(tree / "src")}
    run = [sys.executable, "-m", "pytest", "-q", str(HERE / "micro"), "-o", "addopts=", "-p", "no:cacheprovider"]
    options = [f"--benchmark-json={out}", "--benchmark-max-time=0.3", "--benchmark-warmup=off"]
    done = subprocess.run([*run, *options], cwd=ROOT, env=env, capture_output=True, text=True)
    if not out.exists():
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return {
        f"Python: {b['name'].removeprefix('test_')}": b["stats"]["min"]
        for b in json.loads(out.read_text())["benchmarks"]
    }


def page_times(tree, out):
    run = ["npx", "vitest", "bench", "--run", f"--outputJson={out}"]
    done = subprocess.run(run, cwd=tree, capture_output=True, text=True)
    if not out.exists():
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    groups = [group for file in json.loads(out.read_text())["files"] for group in file["groups"]]
    return {
        f"page: {group['fullName'].rpartition(' > ')[2]}: {bench['name']}": bench["min"] / 1e3
        for group in groups
        for bench in group["benchmarks"]
    }


def measured(tree, scratch, label):
    found = {}
    for kind in (python_times, page_times) if (ROOT / "node_modules").is_dir() else (python_times,):
        found |= kind(tree, scratch / f"{label}-{kind.__name__}.json")
    return found


def best(rounds):
    return {name: min(times[name] for times in rounds if name in times) for name in rounds[0]}


def table(base, head):
    lines = ["| | before | now | ratio |", "|---|---:|---:|---:|"]
    for name, now in head.items():
        before = base.get(name)
        ratio = now / before if before else None
        mark = "" if ratio is None or 1 / NOTABLE < ratio < NOTABLE else " slower" if ratio > 1 else " faster"
        shown = ("–", "–") if ratio is None else (f"{before * 1e3:.4g} ms", f"{ratio:.2f}{mark}")
        lines.append(f"| {name} | {shown[0]} | {now * 1e3:.4g} ms | {shown[1]} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("base", nargs="?", default=os.environ.get("BASE"))
    commit = parser.parse_args().base or base_commit()
    if not commit:
        print("compare: there is no commit to compare with (a shallow clone?), so nothing is measured")
        return
    with tempfile.TemporaryDirectory(prefix="bench-compare-") as name:
        scratch = Path(name)
        (scratch / "tree").mkdir()
        try:
            before = check_out(commit, scratch / "tree")
        except LookupError as error:
            print(f"compare: {commit} cannot be had ({error}), so nothing is measured")
            return
        bases, heads = [], []
        for number in range(ROUNDS):
            heads.append(measured(ROOT, scratch, f"head-{number}"))
            try:
                bases.append(measured(before, scratch, f"base-{number}"))
            except RuntimeError as error:
                print(f"compare: the benchmarks do not run in {commit[:12]}:\n{error}")
        print(f"Microbenchmarks, this tree beside {commit[:12]}; of {ROUNDS} runs each, in turn, the quickest round:\n")
        print(table(best(bases) if bases else {}, best(heads)))


if __name__ == "__main__":
    main()
