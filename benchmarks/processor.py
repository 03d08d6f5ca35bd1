"""Which processor a benchmark runs on, as far as the system tells."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")  # Linux has it


def processor_name() -> str:
    """Return the processor's name, or that of its kind."""
    name = platform.processor() or platform.machine()
    return _cpuinfo().get("model name", name)


def processor_flags() -> list[str]:
    """Return what the processor can do, such as "avx2"; [] if nobody says."""
    return _cpuinfo().get("flags", "").split()


def _cpuinfo() -> dict[str, str]:
    """Return what the system says of one of its cores, which are alike."""
    text = CPUINFO.read_text() if CPUINFO.exists() else ""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}
