"""One server serves all tests of a module: each test opens its own folder in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from editor import Editor


@pytest.fixture(scope="module")
def shared_editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with Editor(None, home=tmp_path_factory.mktemp("home-of-the-server")) as editor:
        yield editor
