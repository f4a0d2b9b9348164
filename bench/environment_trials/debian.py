"""Debian systems, made by debootstrap: as they come, and after the advice that bootstrap.py gives there."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.environment_trials.trial import BOOTSTRAP, ROOT, Environment

ARCHIVE = "http://deb.debian.org/debian"
SUITES = {"bookworm": "12", "trixie": "13", "sid": "unstable"}
USER = 1000
CERTIFICATES, NAME_SERVERS = "/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf"
_UPDATE = "apt-get update -q -o Acquire::Check-Valid-Until=false"  # a mirror may be some weeks old
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def debian_systems(systems: Path, only: str) -> Iterator[Environment]:
    """The rows of the systems whose name has ``only``; a system that is not in ``systems`` yet is made there."""
    for suite, version in SUITES.items():
        name = f"Debian {version}"
        if only not in name:
            continue
        if os.geteuid() or not shutil.which("debootstrap"):
            yield Environment(name, systems, missing="this needs root and debootstrap")
            continue
        if not (systems / suite).exists():
            _make(systems, suite)
        yield from _rows(name, systems / suite)


def _make(systems: Path, suite: str) -> None:
    systems.mkdir(parents=True, exist_ok=True)
    new = systems / f"{suite}.new"
    shutil.rmtree(new, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", "--include=python3,ca-certificates", suite, str(new), ARCHIVE]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    new.rename(systems / suite)


def _rows(name: str, system: Path) -> Iterator[Environment]:
    """A system without git and venv, after each advice of bootstrap.py, and at last as a user who is not root."""
    with _entered(system) as wrapper:
        inside = Environment(name, Path("/root"), _variables(), "python3", wrapper=wrapper)
        python = inside.run("python3", "--version").stdout.strip()
        name = f"{name}, {python}"
        yield inside._replace(name=f"{name}, as it comes", is_refused=_lacks_something(inside))
        while _lacks_something(inside):
            advice = _advice(inside)
            name = f"{name}, then `{advice}`"
            done = inside.run("sh", "-c", f"{_UPDATE} && {advice.replace('apt ', 'apt-get -y -q ') or 'false'}")
            if done.returncode:
                yield inside._replace(name=name, missing=f"the advice failed: {done.stderr[-300:]}")
                return
            yield inside._replace(name=name, is_refused=_lacks_something(inside))
        user = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
        inside.run("install", "-d", "-o", str(USER), "-g", str(USER), "/home/user")
        yield inside._replace(name=f"{name}, as a user", home=Path("/home/user"), wrapper=(*wrapper, *user))


def _variables() -> dict[str, str]:
    return {"PIP_FIND_LINKS": "", "PATH": PATH, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def _lacks_something(inside: Environment) -> bool:
    return inside.run("sh", "-c", "command -v git && python3 -c 'import ensurepip'").returncode != 0


def _advice(inside: Environment) -> str:
    """The command that bootstrap.py names there."""
    said = inside.run(inside.python, BOOTSTRAP).stderr
    found = re.search(r"apt install [\w.-]+", said)
    return found[0] if found else ""


@contextlib.contextmanager
def _entered(system: Path) -> Iterator[tuple[str, ...]]:
    """A command that runs another one in the system. What that one writes is gone at the end."""
    place = shlex.quote(str(system))
    script = f"""
        mount -t tmpfs tmpfs /mnt && mkdir /mnt/new /mnt/work /mnt/root &&
        mount -t overlay -o lowerdir={place},upperdir=/mnt/new,workdir=/mnt/work overlay /mnt/root &&
        mkdir -p /mnt/root{shlex.quote(str(ROOT))} && mount --rbind {shlex.quote(str(ROOT))} /mnt/root{ROOT} &&
        cp {CERTIFICATES} /mnt/root{CERTIFICATES} && cp {NAME_SERVERS} /mnt/root{NAME_SERVERS} &&
        mount --rbind /dev /mnt/root/dev && mount -t proc proc /mnt/root/proc && echo && read end
    """
    with subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as shell:
        if not (shell.stdout and shell.stdout.readline()):
            raise RuntimeError(f"cannot mount {system}")
        yield ("nsenter", f"--target={shell.pid}", "--mount", "chroot", "/mnt/root")
        shell.communicate()
