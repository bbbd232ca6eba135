"""Questions put to the running API, as any client would."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from backend.embedded.trouble import Trouble

READY_SECONDS = 60
SUMMARY_SECONDS = 120
ANSWER_SECONDS = 10
WHERE_TO_LOOK = "The logs of worker and beat say why: worker.log and beat.log in var/log."
NETWORK = "interactive-cities"


def await_ready(base: str, meanwhile: Callable[[], None]) -> None:
    """Until /readyz says that database and broker answer."""
    answer = "no answer yet"
    for _ in _until(READY_SECONDS, 0.1, meanwhile):
        status, answer = _get(f"{base}/readyz")
        if status == 200:
            return
    raise Trouble(f"{base}/readyz was not ready in {READY_SECONDS} s. It says: {answer[:500]}")


def await_summary(base: str, token: str, meanwhile: Callable[[], None]) -> str:
    """The address of the first published summary."""
    summaries = f"{base}/api/v1/networks/{NETWORK}/summaries/"
    for _ in _until(SUMMARY_SECONDS, 0.25, meanwhile):
        status, answer = _get(f"{summaries}?state=published&page_size=1", token)
        if status == 200 and (rows := json.loads(answer)["results"]):
            return f"{summaries}{rows[0]['id']}/"
        if 400 <= status < 500:
            raise Trouble(f"{summaries} answers {status}: {answer[:500]}")
    raise Trouble(f"No summary of {NETWORK} was published in {SUMMARY_SECONDS} s. {WHERE_TO_LOOK}")


def _until(seconds: float, pause: float, meanwhile: Callable[[], None]) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        meanwhile()
        yield
        time.sleep(pause)


def _get(url: str, token: str = "") -> tuple[int, str]:
    """Status and body; status 0 while nobody answers."""
    request = urllib.request.Request(url)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode(errors="replace")
    except OSError as trouble:
        return 0, str(trouble)
