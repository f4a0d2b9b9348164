"""What the editor offers at a place: the fixes of findings, and comments that switch rules off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lsprotocol import types

from acolytes_cc.language_server.diagnostics import diagnostic, finding_span
from acolytes_cc.language_server.edits import described, line_edits, text_edits, with_line_ends
from acolytes_cc.language_server.session import Snapshot
from acolytes_cc.language_server.suppress import suppression
from acolytes_cc.lint.finding import Finding
from acolytes_cc.lint.fix.content import fix_content, good_offers
from acolytes_cc.lint.rule import Edit

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.acolytes"
KINDS = (types.CodeActionKind.QuickFix, FIX_ALL)
_MOST_AT_A_PLACE = 20


class Actions:
    """The actions for one document.

    Args:
        uri: The document.
        snapshot: Its text.
        findings: What is shown in it.
        versioned: Whether the editor takes edits with the version of the text.
        resolves: Whether the editor asks for the edits of an action when the user chose it.
    """

    def __init__(
        self, uri: str, snapshot: Snapshot, findings: Iterable[Finding], *, versioned: bool, resolves: bool
    ) -> None:
        self._uri = uri
        self._snapshot = snapshot
        self._findings = tuple(findings)
        self._versioned = versioned
        self._resolves = resolves

    def at(self, place: types.Range, only: Collection[str] | None) -> Iterator[types.CodeAction]:
        """Yield the actions for a range, of the kinds in ``only`` if it is given."""
        if _is_wanted(types.CodeActionKind.QuickFix, only):
            found = [one for one in self._findings if self._touches(one, place)][:_MOST_AT_A_PLACE]
            yield from self._fixes(found)
            yield from self._suppressions(found)
        if _is_wanted(FIX_ALL, only):
            yield from self._fix_all(is_asked_for=only is not None)

    def all_fixes(self) -> types.WorkspaceEdit:
        """Return what all safe fixes together change."""
        snapshot, policy = self._snapshot, self._snapshot.folder.settings.policy
        codes = policy.codes - policy.switched_off(snapshot.path)
        fixed = fix_content(snapshot.text.data, snapshot.path, snapshot.folder.registry, codes)
        edits = line_edits(snapshot.text.content, fixed.data.decode("utf-8", "replace"))
        return self._workspace_edit(text_edits(snapshot.text, edits))

    def _fixes(self, findings: list[Finding]) -> Iterator[types.CodeAction]:
        by_place = {(finding_span(one, self._snapshot.text).start, one.rule): one for one in findings if one.fixable}
        if not by_place:
            return
        folder = self._snapshot.folder
        codes = {rule for _, rule in by_place}
        for offer in good_offers(self._snapshot.subject, folder.registry, codes, {start for start, _ in by_place}):
            finding = by_place.get((offer.offset, offer.rule))
            if finding is not None:
                what = described(self._snapshot.text, offer.fix.edits)
                note = "" if offer.fix.safe else " (unsafe: this may change the meaning)"
                edits = with_line_ends(self._snapshot.text, offer.fix.edits)
                yield self._action(f"{offer.rule}: {what}{note}", edits, [finding], is_safe=offer.fix.safe)

    def _suppressions(self, findings: list[Finding]) -> Iterator[types.CodeAction]:
        for rule in dict.fromkeys(one.rule for one in findings):
            finding = next(one for one in findings if one.rule == rule)
            edit = suppression(self._snapshot, finding)
            if edit is not None:
                place = "in this file" if "ignore-file" in edit.text else "on this line"
                edits = with_line_ends(self._snapshot.text, [edit])
                yield self._action(f"{rule}: ignore {finding.name} {place}", edits, [finding])

    def _fix_all(self, *, is_asked_for: bool) -> Iterator[types.CodeAction]:
        """The action for all fixes. Editors ask at each move of the cursor, so the edits are made late."""
        if not any(one.fixable == "safe" for one in self._findings):
            return
        action = types.CodeAction("acolytes: apply all safe fixes", FIX_ALL)
        if self._resolves:
            action.data = {"uri": self._uri, "version": self._snapshot.version}
        elif is_asked_for:
            action.edit = self.all_fixes()
        else:
            return
        yield action

    def _action(
        self,
        title: str,
        edits: Iterable[Edit],
        findings: Iterable[Finding],
        *,
        is_safe: bool | None = None,
    ) -> types.CodeAction:
        return types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic(one, self._snapshot.text) for one in findings],
            is_preferred=is_safe,
            edit=self._workspace_edit(text_edits(self._snapshot.text, edits)),
        )

    def _workspace_edit(self, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
        if not self._versioned:
            return types.WorkspaceEdit(changes={self._uri: edits})
        document = types.OptionalVersionedTextDocumentIdentifier(uri=self._uri, version=self._snapshot.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])

    def _touches(self, finding: Finding, place: types.Range) -> bool:
        asked, marked = self._snapshot.text.span(place), finding_span(finding, self._snapshot.text)
        return asked.start <= marked.end and marked.start <= asked.end


def _is_wanted(kind: str, only: Collection[str] | None) -> bool:
    """Whether an action of that kind is wanted: `source` stands for all kinds that begin with it."""
    return only is None or any(kind == wanted or kind.startswith(f"{wanted}.") or not wanted for wanted in only)
