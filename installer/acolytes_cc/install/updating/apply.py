"""Turn an install plan into one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acolytes_cc import __version__
from acolytes_cc.install.answers.questions import Answers
from acolytes_cc.install.application import registry
from acolytes_cc.install.disk.files import digest, sha256
from acolytes_cc.install.disk.manifest import Manifest, SettingsRecord, encode_settings
from acolytes_cc.install.disk.places import BASELINE, CONFLICTS, DEFINITIONS, MANIFEST
from acolytes_cc.install.disk.shared import SHARED, SharedPart, read_shared, unshared
from acolytes_cc.install.planning.files import InstallPlan, last_rendered
from acolytes_cc.install.planning.settings import PlannedSettings
from acolytes_cc.install.settings import editing
from acolytes_cc.install.transaction.commit import FileChange, commit, folders_to_make
from acolytes_cc.install.transaction.journal import STATE


def apply(plan: InstallPlan, answers: Answers, old: Manifest | None, source: str = "") -> bool:
    """Write what the plan says, the manifest last: all of it, or nothing and a UserError.

    Args:
        plan: What to do.
        answers: The user's answers, which the manifest keeps.
        old: The manifest of the installed version, None for a first install.
        source: The hash of what the definitions were rendered from.

    Returns:
        Whether the part that is committed with the project changed.
    """
    target = plan.places.target
    changes = [
        FileChange(file.path, file.content, file.disk, 0o777 if file.rendered and file.rendered.executable else 0o666)
        for file in plan.files
        if file.writes
    ]
    manifest = _new_manifest(plan, answers, old, source)
    changes += _state_changes(plan, manifest, old)
    if plan.settings.action != "unchanged":
        changes.append(_settings_change(plan.settings))
    folders = dict.fromkeys([*manifest.folders, *folders_to_make(target, changes)])
    manifest = replace(manifest, folders=list(folders))
    shared = _shared_change(plan, manifest)
    changes += shared
    if changes or manifest != old or not (target / MANIFEST).exists():
        removed = [file.path for file in plan.files if file.action == "remove"]
        emptied = [folder for folder in manifest.folders if any(path.startswith(f"{folder}/") for path in removed)]
        changes.append(FileChange(MANIFEST, manifest.to_json(), digest(target / MANIFEST), 0o600))
        commit(target, changes, registry, folders_to_remove=emptied)
    return bool(shared)


def _shared_change(plan: InstallPlan, manifest: Manifest) -> list[FileChange]:
    """The part of the manifest that is committed with the project, where it differs."""
    if plan.places.scope != "project":
        return []
    old = read_shared(plan.places)
    new = SharedPart(manifest.version, manifest.answers, manifest.files, {})
    if old and old._replace(texts={}).to_json(plan.places) == new.to_json(plan.places):
        paths = unshared(plan.places, old, _edited(plan, manifest))
        texts = _edited_texts(plan, manifest, paths)
        if not texts:
            return []  # what a colleague shared about this version is enough
        new = old._replace(texts=old.texts | texts)
    else:
        new = new._replace(texts=_edited_texts(plan, manifest, _edited(plan, manifest)))
    content = new.to_json(plan.places)
    return [FileChange(SHARED, content, digest(plan.places.target / SHARED))]


def _edited(plan: InstallPlan, manifest: Manifest) -> list[str]:
    """The definitions that the user edited."""
    paths = []
    for file in plan.files:
        on_disk = file.disk if file.content is None else sha256(file.content)
        written = manifest.files.get(file.path)
        if file.path.startswith(DEFINITIONS) and written and on_disk not in (None, written):
            paths.append(file.path)
    return paths


def _edited_texts(plan: InstallPlan, manifest: Manifest, paths: Sequence[str]) -> dict[str, bytes]:
    """The definitions at these paths as they were rendered, as far as anybody has that text."""
    texts: dict[str, bytes] = {}
    for file in plan.files:
        if file.path in paths:
            written = manifest.files[file.path]
            is_new = file.rendered and sha256(file.rendered.content) == written
            text = file.rendered.content if file.rendered and is_new else last_rendered(plan.places, file.path, written)
            texts |= {} if text is None else {file.path: text}
    return texts


def _settings_change(planned: PlannedSettings) -> FileChange:
    content = None if planned.after is None else editing.to_bytes(planned.after)
    expected = None if planned.before is None else sha256(editing.to_bytes(planned.before))
    return FileChange(planned.path.name, content, expected, 0o600)


def _state_changes(plan: InstallPlan, manifest: Manifest, old: Manifest | None) -> list[FileChange]:
    """The copies in our state folder: the baseline of the next merge, and a file with clashes as we leave it."""
    contents: dict[str, bytes | None] = {}
    for path in old.files if old else ():
        if path not in manifest.files:
            contents |= {f"{STATE}/{part}/{path}": None for part in (BASELINE, CONFLICTS)}
    for file in plan.files:
        if file.path.startswith(DEFINITIONS):
            if file.rendered and manifest.files.get(file.path) == sha256(file.rendered.content):
                contents[f"{STATE}/{BASELINE}/{file.path}"] = file.rendered.content
            if file.left is not None or not file.clashes:
                contents[f"{STATE}/{CONFLICTS}/{file.path}"] = file.left if file.clashes else None
    on_disk = {path: digest(plan.places.target / path) for path in contents}
    return [
        FileChange(path, content, on_disk[path], 0o600)
        for path, content in contents.items()
        if on_disk[path] != (None if content is None else sha256(content))
    ]


def _new_manifest(plan: InstallPlan, answers: Answers, old: Manifest | None, source: str) -> Manifest:
    written = old.files if old else {}
    # While something of the new version is not installed, the next update must render and try again.
    is_complete = all(
        file.is_installed(old) or file.disk is None or written.get(file.path) == sha256(file.rendered.content)
        for file in plan.files
        if file.rendered
    )
    files = {}
    for file in plan.files:
        if file.rendered and file.is_installed(old):
            files[file.path] = sha256(file.rendered.content)
        elif file.path in written and file.action != "remove":
            files[file.path] = written[file.path]
    return Manifest(
        version=__version__,
        scope=plan.places.scope,
        answers=answers,
        source=source if is_complete else "",
        files=files,
        folders=list(old.folders) if old else [],
        settings=_settings_record(plan.settings, old.settings if old else None),
        clashes={file.path: list(file.clashes) for file in plan.files if file.clashes and file.path in files},
    )


def _settings_record(planned: PlannedSettings, old: SettingsRecord | None) -> SettingsRecord | None:
    if not planned.entries or planned.after is None:
        return None
    after = sha256(editing.to_bytes(planned.after))
    if old is None or planned.before is None:
        original = planned.original
    elif sha256(editing.to_bytes(planned.before)) == old.after and not planned.has_merged:
        original = old.original
    else:  # somebody edited the file since: what is there now, without our entries, is the new original
        original = editing.without_entries(planned.path, planned.after, planned.entries, old.original)
    return SettingsRecord(planned.entries, after, encode_settings(original), planned.left_out)
