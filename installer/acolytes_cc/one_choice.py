"""A command that refuses two options for one choice."""

from __future__ import annotations

import click


class OneChoice(click.Command):
    """Refuses two different options that set the same parameter: click would silently take the last.

    ``--mine`` and ``--theirs``, for example, or ``--json`` and ``--format``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, after a look at which options are there."""
        given: dict[str | None, click.Parameter] = {}
        order = [] if ctx.resilient_parsing else self.make_parser(ctx).parse_args(list(args))[2]
        if not any(param.is_eager for param in order):  # --help is answered whatever is beside it
            for param in order:
                first = given.setdefault(param.name, param)
                if first is not param and isinstance(param, click.Option):
                    ctx.fail(f"{first.opts[0]} and {param.opts[0]} exclude each other: use only one of them")
        return super().parse_args(ctx, args)
