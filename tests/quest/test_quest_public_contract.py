"""What other programs learn of the board from `contract`: it must be true of a board that the verbs made."""

from __future__ import annotations

from pathlib import Path

from acolytes_quest import contract
from quest_support import Cli, create


def test_a_board_is_recognised_by_its_header(cli: Cli, project: Path) -> None:
    create(cli)
    path = Path(contract.find_board(str(project), {}))
    header = contract.read_header(path.read_bytes()[: contract.HEADER_BYTES])
    assert header is not None
    assert (header.is_board, header.is_newer, header.schema_version) == (True, False, contract.SCHEMA_VERSION)


def test_other_files_are_not_recognised_as_a_board() -> None:
    assert contract.read_header(b"") is None
    assert contract.read_header(b"# notes".ljust(contract.HEADER_BYTES)) is None
    header = bytearray(b"SQLite format 3\0".ljust(contract.HEADER_BYTES, b"\0"))
    header[68:72] = contract.APPLICATION_ID.to_bytes(4, "big")
    header[63] = contract.SCHEMA_VERSION + 1
    newer = contract.read_header(bytes(header))
    assert newer is not None
    assert (newer.is_board, newer.is_newer) == (True, True)
    header[71] ^= 1
    other = contract.read_header(bytes(header))
    assert other is not None
    assert not other.is_board


def test_everything_beside_a_board_is_recognised(cli: Cli, project: Path) -> None:
    create(cli)
    folder = project / contract.FOLDER
    assert (folder / ".gitignore").read_bytes() == contract.IGNORE_TEXT
    assert [path.name for path in sorted(folder.iterdir()) if not contract.is_beside(contract.NAME, path.name)] == [
        ".gitignore",
        contract.NAME,
    ]
    for name in ("quests.db-v2-backup", "quests.db-new-wal", "quests.db-lock"):
        assert contract.is_beside(contract.NAME, name)
    for name in ("quests.db.bak", "quests.db-v2-backup.txt", "other-wal", "quests.db"):
        assert not contract.is_beside(contract.NAME, name)
