"""``acolytes lsp``: the linter in an editor, over the Language Server Protocol.

``handlers`` receives the messages of the editor, ``publish`` decides when a document is checked, and ``session`` holds
what is open. ``folder`` has the files around it. ``actions``, ``hover`` and ``complete`` answer one question each. Only
``server`` and ``handlers`` know pygls.
"""
