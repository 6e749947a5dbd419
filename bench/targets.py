"""What anyhost is to reach, beside the floor of the same run (issue 8): each figure, its limit, and whether it is met."""

import statistics


def _values(runs, measure, host, path):
    found = []
    for data in runs.by.get((measure, host), []):
        for key in path.split("."):
            data = data.get(key) if isinstance(data, dict) else None
        if isinstance(data, (int, float)):
            found.append(data)
    return found


def _middle(runs, measure, host, path):
    values = _values(runs, measure, host, path)
    return statistics.median(values) if values else None


def _ratio(measure, path, below=None):
    """anyhost's figure in the floor's; `below`: of another figure of the floor's."""

    def figure(runs):
        mine, floor = (_middle(runs, measure, host, p) for host, p in (("anyhost", path), ("floor", below or path)))
        return None if not mine or not floor else mine / floor

    return figure


def _plain(measure, path):
    return lambda runs: _middle(runs, measure, "anyhost", path)


def _per_session(runs):
    one, twenty = (_middle(runs, "M6", "anyhost", f"memory_{n}.pss") for n in (1, 20))
    return None if one is None or twenty is None else (twenty - one) / 19


def _beside_alone(runs):
    took, alone = (_middle(runs, "M4", "anyhost", f"1000.{key}") for key in ("ms", "alone_ms"))
    return None if not took or not alone else took / alone


AT_MOST = [
    ("M1", "round trip: mean, in floors", _ratio("M1", "mean"), 2.5),
    ("M1", "round trip: p99, in floors", _ratio("M1", "p99"), 4),
    ("M2", "last echo, in floors", _ratio("M2", "finalMs"), 8),
    ("M3", "10 MB to the page, in floors", _ratio("M3", "down10.ms"), 1.3),
    ("M3", "50 MB to the page, in floors", _ratio("M3", "down50.ms"), 1.3),
    ("M3", "10 MB from the page, in floors", _ratio("M3", "up10.ms"), 1.3),
    ("M3", "50 MB from the page, in floors", _ratio("M3", "up50.ms"), 1.3),
    ("M8", "500 MB to the page: memory, in payloads", _plain("M8", "down.payloads"), 3),
    ("M8", "500 MB from the page: memory, in payloads", _plain("M8", "up.payloads"), 3),
    ("M4", "10 widgets, ms", _plain("M4", "10.ms"), 300),
    ("M4", "1000 widgets, in what Python alone needs to make them", _beside_alone, 2.5),
    ("M5", "reload, in floors", _ratio("M5", "ms"), 5),
    ("M6", "start to the first widget, in floors", _ratio("M6", "cold_s"), 2.5),
    ("M6", "a further idle session, MB", _per_session, 20),
    ("M9", "a write until a one-line cell shows it, ms", _plain("M9", "median"), 3),
]
AT_LEAST = [("M2", "of 500 updates seen", _plain("M2", "seen"), 495)]


def table(runs):
    if not any(host == "anyhost" for _, host in runs.by):
        return []
    lines = ["### Targets", "", "| | | is | limit | |", "|---|---|---:|---:|---|"]
    for targets, sign, meets in ((AT_MOST, "≤", float.__le__), (AT_LEAST, "≥", float.__ge__)):
        for measure, what, figure, limit in targets:
            value = figure(runs)
            if value is not None:
                verdict = "met" if meets(float(value), float(limit)) else f"missed: {value / limit:.2f} times"
                lines.append(f"| {measure} | {what} | {value:.2f} | {sign} {limit} | {verdict} |")
    return [*lines, ""] if len(lines) > 4 else []
