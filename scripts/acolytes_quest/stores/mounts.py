"""Where a board's file may not be: a share, on which the locks and the memory of two hosts do not meet."""

from __future__ import annotations

import os

from ..errors import UnavailableError

MOUNTS = "/proc/self/mountinfo"  # https://www.kernel.org/doc/html/latest/filesystems/proc.html
_SHARES = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "beegfs", "ceph", "gpfs", "lustre", "ncpfs"),
        *("9p", "virtiofs", "fakeowner", "prl_fs", "vboxsf", "vmhgfs"),  # of a virtual machine's host
        *(
            f"fuse.{name}"
            for name in ("sshfs", "rclone", "s3fs", "glusterfs", "ceph", "grpcfuse", "osxfs", "vmhgfs-fuse")
        ),
    )
)
_looked_at: dict[int, str | None] = {}


def check_local(path: str, device: int) -> None:
    """Refuse a board at `path` whose file or folder is on a share by its `device` (st_dev). Only Linux tells."""
    if device not in _looked_at:
        _looked_at[device] = _share(device)
    share = _looked_at[device]
    if share:
        raise UnavailableError(
            f"the board {path} would be on a share ({share}), where SQLite gets damaged: set ACOLYTES_QUEST_DB to a"
            " file on a disk of this machine, or ACOLYTES_QUEST_URL to a PostgreSQL server's"
        )


def _share(device: int) -> str | None:
    """Return the type of the share that has this device number; None for what is not one, and for the root's own."""
    number = f"{os.major(device)}:{os.minor(device)}"
    found = None
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                words = line.split(" ")
                if words[2] == number:
                    if words[4] == "/":
                        return None  # a sandbox's whole disk: nobody else has it
                    kind = words[words.index("-") + 1]
                    found = kind if kind in _SHARES else None
    except OSError:
        return None
    return found
