"""Refuse a board on a share of a network or host, where the locks and memory of two hosts do not work together."""

from __future__ import annotations

import os

from ..errors import UnavailableError

MOUNTS = "/proc/self/mountinfo"  # https://www.kernel.org/doc/html/latest/filesystems/proc.html
_SHARES = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "beegfs", "ceph", "gpfs", "lustre", "ncpfs"),
        *("9p", "virtiofs", "fakeowner", "prl_fs", "vboxsf", "vmhgfs"),  # shares of a virtual machine with its host
        *(
            f"fuse.{name}"
            for name in ("sshfs", "rclone", "s3fs", "glusterfs", "ceph", "grpcfuse", "osxfs", "vmhgfs-fuse")
        ),
    )
)
_shares: dict[int, str | None] = {}


def check_local(path: str, device: int) -> None:
    """Refuse a board at `path` when its device number (st_dev) is that of a share. Only Linux can tell."""
    if device not in _shares:
        _shares[device] = _share(device)
    share = _shares[device]
    if share:
        raise UnavailableError(
            f"the board {path} would be on a share ({share}), where SQLite gets damaged: set ACOLYTES_QUEST_DB to a"
            " file on a disk of this machine, or ACOLYTES_QUEST_URL to a PostgreSQL server's"
        )


def _share(device: int) -> str | None:
    """Return the type of the share with this device number; None for a local disk, and for the root of the system."""
    number = f"{os.major(device)}:{os.minor(device)}"
    share = None
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                words = line.split(" ")
                if words[2] == number:
                    if words[4] == "/":
                        return None  # the whole disk of a sandbox, which no other host uses
                    kind = words[words.index("-") + 1]
                    share = kind if kind in _SHARES else None
    except OSError:
        return None
    return share
