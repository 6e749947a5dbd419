"""Says at the end of a run what the interleavings contained."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, counts in getattr(report, "user_properties", []):
                    if name == "interleavings":
                        total.update(counts)
    if played := total["interleavings"]:
        shares = ", ".join(
            f"{words} {total[key] / played:.0%}"
            for key, words in [
                ("refusal", "a refused or corrected write"),
                ("drop", "a drop"),
                ("custom", "a custom message"),
                ("all", "all three"),
                ("gaps", "an announced gap"),
            ]
        )
        terminalreporter.write_sep("-", "agreement")
        terminalreporter.write_line(f"{played} interleavings of real kernels and the shipped clients: {shares}")
