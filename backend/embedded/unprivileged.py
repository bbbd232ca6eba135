"""PostgreSQL refuses to run as root: how a child of root becomes somebody else."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NOBODY_IN_NAMESPACE = 65534
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Identity:
    """Who a child runs as. `files_of`: the (uid, gid) its files must have, None for our own."""

    prefix: tuple[str, ...] = ()
    enter: Callable[[], None] | None = None
    files_of: tuple[int, int] | None = None


def ourselves() -> Identity:
    return Identity()


def in_user_namespace() -> Identity:
    """Root outside, uid 65534 inside: the files stay root's, and no folder has to be opened up."""
    return Identity(enter=_enter_user_namespace)


def as_nobody() -> Identity:
    """For containers that forbid user namespaces.

    The checkout may lie below a folder that only root may enter, hence `dac_override`: less
    than root has, and PostgreSQL is content.
    """
    nobody = pwd.getpwnam("nobody")
    if not shutil.which("setpriv"):
        return Identity(
            enter=lambda: _become(nobody.pw_uid, nobody.pw_gid),
            files_of=(nobody.pw_uid, nobody.pw_gid),
        )
    drop = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    keep = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig=INT", "--")
    return Identity(prefix=drop + keep, files_of=(nobody.pw_uid, nobody.pw_gid))


def safest() -> Identity:
    """The user namespace first; `nobody` where the kernel or the container refuses it."""
    if os.geteuid() != 0:
        return ourselves()
    if sys.platform == "linux" and _namespaces_work():
        return in_user_namespace()
    return as_nobody()


def die_with_parent(sig: signal.Signals) -> Callable[[], None]:
    """Called in the child: the kernel sends `sig` when the starter dies, even of kill -9."""
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, sig)


def own_files(folder: Path, identity: Identity) -> None:
    """Hands the folder over, also back to root after a run as `nobody`."""
    if os.geteuid() != 0:
        return
    uid, gid = identity.files_of or (0, 0)
    if folder.stat().st_uid == uid:
        return
    for path in [*folder.rglob("*"), folder]:
        os.chown(path, uid, gid, follow_symlinks=False)


def _namespaces_work() -> bool:
    try:
        subprocess.run(["true"], preexec_fn=_enter_user_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _enter_user_namespace() -> None:
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY_IN_NAMESPACE} 0 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY_IN_NAMESPACE} 0 1")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
