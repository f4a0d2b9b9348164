"""Install into a Claude Code configuration folder, and take it away again without a trace.

The verbs, each with what only it needs:

- ``updating``: install, update and diff.
- ``conflicts``: resolve.
- ``going_back``: rollback and forward.
- ``removal``: uninstall.
- ``status``: status and list.

What several verbs share:

- ``options``, ``confirmation``, ``exclusive``, ``report_lines``: how a verb is called, begins and reports.
- ``answers``: the questions of the templates, and where the answers come from.
- ``planning``: render the new files, and compare them with those on the disk.
- ``merging``: the three-way merge of a definition.
- ``settings``: our entries in the client's settings file.
- ``transaction``: change all files or none, and keep what is needed to go back.
- ``application``: the application's own folder, with launchers and users.
- ``disk``: where everything is, how a file is written, the manifest.

The layers in ``pyproject.toml`` say which may import which.
"""
