"""``acolytes lint``: checks agent definitions, skills, settings, hooks and manifests.

A rule is a module in ``rules``; ``acolytes_cc.lint.rule`` describes its shape. The folders, each of which imports only
those above it:

- ``context``: what a rule can see besides its file
- ``support``: what several rules share
- ``rules``: one rule a module
- ``settings``: the settings file, the rules that run, the baseline
- ``cache``: the results of earlier runs
- ``engine``: runs the rules
- ``fix``: applies the fixes that rules offer
- ``report``: writes the findings

A problem has three forms on its way from a rule to the printed line:

1. ``rule.Problem`` (or ``rule.ProjectProblem``): a rule yields it, with an offset in the text of one file.
2. ``finding.Finding``: with path, line, column and the rule's metadata. Settings, baseline and all reports work on it.
3. The printed text.

Between runs, and between processes, a ``finding.FileResult`` is bytes in addition; see ``cache.file_results``.
"""
