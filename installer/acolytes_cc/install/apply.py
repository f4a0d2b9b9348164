"""Turn a plan into one change of files, and an installation into its removal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acolytes_cc import __version__
from acolytes_cc.install import settings
from acolytes_cc.install.manifest import Manifest, SettingsLedger, encoded, sha256
from acolytes_cc.install.places import BASELINE, BOARD, CONFLICTS, DEFINITIONS, IGNORE, MANIFEST, Places
from acolytes_cc.install.plan import Plan, SettingsStep
from acolytes_cc.install.transaction import STATE, Change, commit, digest, finish, folders_to_make


def apply(plan: Plan, answers: dict[str, Any], old: Manifest | None, source: str = "") -> None:
    """Write what the plan says, the manifest last: all of it, or nothing and a UserError.

    ``source`` is the hash of what the definitions were rendered from.
    """
    target = plan.places.target
    changes = [
        Change(step.path, step.content, step.disk, 0o777 if step.rendered and step.rendered.executable else 0o666)
        for step in plan.steps
        if step.action in ("add", "update", "merge", "remove")
    ]
    manifest = _manifest(plan, answers, old, source)
    changes += _beside(plan, manifest, old)
    if plan.settings.action != "unchanged":
        before, after = plan.settings.before, plan.settings.after
        expected = None if before is None else sha256(_bytes(before))
        changes.append(Change(plan.settings.path.name, None if after is None else _bytes(after), expected, 0o600))
    manifest.folders += [folder for folder in folders_to_make(target, changes) if folder not in manifest.folders]
    content = manifest.to_json()
    if changes or manifest != old:
        gone = [step.path for step in plan.steps if step.action == "remove"]
        leave = [folder for folder in manifest.folders if any(path.startswith(f"{folder}/") for path in gone)]
        commit(target, [*changes, Change(MANIFEST, content, digest(target / MANIFEST), 0o600)], leave=leave)


def kept_at_removal(places: Places, manifest: Manifest) -> list[str]:
    """The files that stay at uninstall because the user changed them, relative to the target."""
    return [path for path, written in manifest.files.items() if digest(places.target / path) not in (None, written)]


def remove(places: Places, manifest: Manifest, board: Sequence[str] = ()) -> list[str]:
    """Take away what the manifest names, in one change. Returns what stays because the user changed it.

    ``board`` are the files of the quest board in our state, relative to the target, if that is to go, too.
    """
    target = places.target
    kept = kept_at_removal(places, manifest)
    stays = {*kept, IGNORE} if hides_board(places) and not board else set(kept)
    paths = list(dict.fromkeys([*(path for path in manifest.files if path not in stays), *board]))
    paths += [f"{STATE}/{part}/{path}" for part in (BASELINE, CONFLICTS) for path in manifest.files]
    found = [(path, digest(target / path)) for path in paths]
    changes = [Change(path, None, disk) for path, disk in found if disk is not None]
    if manifest.settings:
        changes += _without_entries(places, manifest.settings)
        if changes and _mentions_us(places, manifest.settings, changes):
            kept.append(f"{places.settings.name}: an entry of ours that was changed")
    leave = [STATE, *manifest.folders] if board else manifest.folders
    commit(target, [*changes, Change(MANIFEST, None, digest(target / MANIFEST))], leave=leave)
    finish(target)
    return kept


def hides_board(places: Places) -> bool:
    """Whether a quest board lies in our state: what keeps that from git stays as long as the board does."""
    return (places.target / BOARD).exists()


def _beside(plan: Plan, manifest: Manifest, old: Manifest | None) -> list[Change]:
    """What our state keeps of definitions: the rendering that the next merge starts from, and ours in a conflict."""
    wanted: dict[str, bytes | None] = {}
    for path in old.files if old else ():
        if path not in manifest.files:
            wanted |= {f"{STATE}/{part}/{path}": None for part in (BASELINE, CONFLICTS)}
    for step in plan.steps:
        if step.rendered and step.path.startswith(DEFINITIONS):
            if step.settled(old):
                wanted[f"{STATE}/{BASELINE}/{step.path}"] = step.rendered.content
            is_open = step.action == "conflict"
            wanted[f"{STATE}/{CONFLICTS}/{step.path}"] = step.rendered.content if is_open else None
    found = {path: digest(plan.places.target / path) for path in wanted}
    return [
        Change(path, content, found[path], 0o600)
        for path, content in wanted.items()
        if found[path] != (content and sha256(content))
    ]


def _manifest(plan: Plan, answers: dict[str, Any], old: Manifest | None, source: str) -> Manifest:
    known = old.files if old else {}
    # while something new has not arrived everywhere, the next run is to render and to try again
    arrived = all(
        step.settled(old) or step.disk is None or known.get(step.path) == sha256(step.rendered.content)
        for step in plan.steps
        if step.rendered
    )
    files = {}
    for step in plan.steps:
        if step.rendered and step.settled(old):
            files[step.path] = sha256(step.rendered.content)
        elif step.path in known and step.action != "remove":
            files[step.path] = known[step.path]
    return Manifest(
        version=__version__,
        scope=plan.places.scope,
        answers=answers,
        source=source if arrived else "",
        files=files,
        folders=list(old.folders) if old else [],
        settings=_ledger(plan.settings, old.settings if old else None),
    )


def _ledger(step: SettingsStep, old: SettingsLedger | None) -> SettingsLedger | None:
    if not step.entries or step.after is None:
        return None
    after = sha256(_bytes(step.after))
    if old is None or step.before is None:
        original = step.original
    elif sha256(_bytes(step.before)) == old.after:
        original = old.original
    else:  # edited by somebody else since: the original bytes are history, and what is there now is the original
        original = settings.without_entries(step.path, step.after, step.entries, old.original)
    return SettingsLedger(entries=step.entries, after=after, before=encoded(original))


def _without_entries(places: Places, ledger: SettingsLedger) -> list[Change]:
    text = settings.read_text(places.settings)
    if text is None:
        return []
    rest = settings.given_back(places.settings, text, ledger)
    if rest == text:
        return []
    return [Change(places.settings.name, None if rest is None else _bytes(rest), sha256(_bytes(text)))]


def _mentions_us(places: Places, ledger: SettingsLedger, changes: list[Change]) -> bool:
    """Whether an entry that the user changed still starts one of our hooks."""
    change = next((change for change in changes if change.path == places.settings.name), None)
    text = change.content.decode("utf-8", "replace") if change and change.content else ""
    text = text or (settings.read_text(places.settings) or "" if change is None else "")
    scripts = [word for _, entry in ledger.entries for hook in entry["hooks"] for word in hook["args"][3:4]]
    return any(script in text for script in scripts)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
