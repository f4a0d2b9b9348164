"""``acolytes lsp``: the linter in an editor, over the Language Server Protocol.

``server`` receives the messages of the editor, and ``session`` holds what is open. The other modules answer one kind
of question each: ``check`` and ``project`` find, ``actions``, ``hover`` and ``complete`` help to write. Only ``server``
imports pygls.
"""
