"""Install into a Claude Code configuration folder, and take it away again without a trace.

The modules by topic. The layers in ``pyproject.toml`` say which may import which.

- The verbs: ``command`` (install, update, diff), ``resolve``, ``going_back``, ``removal``, ``status``.
- The user's choices: ``options``, ``questions``, ``answer_sources``, ``asking``, ``confirmation``.
- What will change: ``render``, ``plan``, ``plan_settings``, ``diff``.
- The merge: ``merge`` and all ``merge_*``, ``frontmatter_parts``, ``line_changes``.
- Conflicts: ``clashes``, ``open_clashes``, ``conflicts``, ``resolution``, ``conflict_editor``.
- The change itself: ``apply``, ``remove``, ``transaction``, ``journal``, ``recovery``, ``exclusive``, ``files``.
- What an installation keeps: ``manifest``, ``shared``, ``records``, ``rollback``, ``rebuilt``.
- The client's settings file: ``settings``, ``hook_entries``, ``rollback_settings``.
- Around it: ``places``, ``application``, ``launchers``, ``origin``, ``versions``, ``boards``, ``upstream``.
- What a verb reports: ``report`` and all ``*_report``.
"""
