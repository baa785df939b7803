"""The directory through which the workers share their counters.

prometheus_client looks at PROMETHEUS_MULTIPROC_DIR when a metric is made, so the parent must have
set it before any process imports `tars.metrics`; this module makes none, so the parent can use it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import MutableMapping
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
START_TIME_VARIABLE = "TARS_START_TIME"


def prepare_metrics_dir(env: MutableMapping[str, str]) -> Path:
    """Makes the directory and empties it: counters of an earlier run would be added to ours.

    Without a directory of one's own in the variable, one is made under the temporary directory,
    by port, so that two copies on one machine do not share it.
    """
    default = Path(tempfile.gettempdir()) / f"tars-metrics-{env.get('API_PORT') or '8000'}"
    directory = Path(env.get(VARIABLE) or default)
    directory.mkdir(parents=True, exist_ok=True)
    for file in directory.glob("*.db"):
        file.unlink()
    env[VARIABLE] = str(directory)
    env[START_TIME_VARIABLE] = str(time.time())
    return directory


def start_time() -> float:
    """When the parent started; a worker that was replaced later tells the same time."""
    return float(os.environ.get(START_TIME_VARIABLE) or time.time())


def worker_exited(pid: int) -> None:
    """Takes a process' live gauges out of the sums; its counters stay, or sums would go down."""
    if os.environ.get(VARIABLE):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
