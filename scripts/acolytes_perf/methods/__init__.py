"""What the calculators compute with, in a folder for each topic. Published methods name their source.

- What a system carries: ``queueing``, ``capacity``, ``popularity``.
- What happens over time: ``forecasting``, ``changes``.
- What was promised and kept: ``reliability``, ``budgets``.
- How long requests take: ``latency``, ``steps``.
- Load tests: ``runs`` reads them, ``comparison`` compares them.
- Money and decisions: ``costs``, ``roadmap``, ``choices``.
- What several of them need: ``statistics``.

The layers in ``pyproject.toml`` say which may import which.
"""
