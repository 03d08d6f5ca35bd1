"""Agents of torchrun: machines, on the loopback of one."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "OMP_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
    "GLOO_SOCKET_IFNAME": "lo",
    # Else an agent that stays tells its place to nobody who comes later
    "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1",
}
ALONE = "--standalone --nproc-per-node 2"
# How soon an agent that is gone is missed
SOON = "keep_alive_interval=1,keep_alive_max_attempt=2"


def run_torchrun(*words, cwd, seconds=240):
    """Run d2l-ssd in two processes of one machine, to its end."""
    launch = [sys.executable, "-m", "torch.distributed.run", *ALONE.split()]
    return subprocess.run(
        [*launch, "-m", "d2l_ssd", *map(str, words)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def free_port():
    """Return a port that nobody listens at, a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Agent:
    """One of two machines: an agent with one process, in its own folder."""

    def __init__(self, folder, port, *words):
        launch = (
            "-m torch.distributed.run --nnodes 2 --nproc-per-node 1 "
            "--max-restarts 3 --monitor-interval 0.2 --rdzv-backend c10d "
            f"--rdzv-id test --rdzv-endpoint 127.0.0.1:{port} "
            f"--local-addr 127.0.0.1 --rdzv-conf {SOON} -m d2l_ssd"
        )
        folder.mkdir(exist_ok=True)
        self.log = open(folder / "log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, *launch.split(), *map(str, words)],
            cwd=folder,
            env=ENVIRONMENT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def workers(self):
        """Return the numbers of the agent's processes that train."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        children = [path.read_text() for path in tasks.glob("*/children")]
        return [int(pid) for pid in " ".join(children).split()]

    def kill(self):
        """End the agent and its processes, as a loss of power does."""
        for pid in [self.process.pid, *self.workers()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # ended by itself meanwhile
        self.process.wait()

    def wait(self, seconds):
        """Wait for the agent's end; return its exit status."""
        return self.process.wait(timeout=seconds)

    def said(self):
        """Return all that was printed."""
        self.log.flush()
        return Path(self.log.name).read_text(encoding="utf-8")


def wait_for(condition, seconds):
    """Wait until a condition holds.

    Raises:
        TimeoutError: it does not in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)
