"""`manage.py` run to its end, beside whatever else is going on."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from backend.embedded.trouble import Trouble
from backend.embedded.unprivileged import die_with_parent

PROJECT = Path(__file__).parents[2]
ERROR_TAIL = 2500


class Errand:
    """Begins at once. What it says on its error channel is shown only if it fails."""

    def __init__(self, *arguments: str, env: Mapping[str, str]) -> None:
        self.name = " ".join(arguments)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # Not the terminal's: Ctrl-C is for us to hand on.
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
            text=True,
        )

    def output(self, meanwhile: Callable[[], None] = lambda: None) -> str:
        """Waits for the end; `meanwhile` is called now and then and may raise."""
        with self._errors, self._process:
            try:
                said = self._said(meanwhile)
            finally:
                self._process.kill()
            if self._process.returncode:
                raise Trouble(f"`manage.py {self.name}` failed:\n{said}{self._complaint()}".strip())
        return said

    def _said(self, meanwhile: Callable[[], None]) -> str:
        while True:
            meanwhile()
            try:
                return self._process.communicate(timeout=0.5)[0]
            except subprocess.TimeoutExpired:
                continue

    def _complaint(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-ERROR_TAIL:]
