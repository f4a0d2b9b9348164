"""Which option to choose by several criteria (TOPSIS, AHP), and how much the choice depends on the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.fields import Inputs, choice_field
from acolytes_perf.methods.choices.decision_inputs import (
    CRITERIA,
    PAIRS,
    SCORES,
    Choice,
    matrix,
    read_choice,
    templates,
)
from acolytes_perf.methods.choices.decisions import (
    DRAWS,
    MOST_COMPARED,
    Alternatives,
    Flip,
    Priorities,
    dominated,
    nearest_flip,
    priorities,
    win_shares,
)
from acolytes_perf.methods.latency.percentiles import wilson_interval
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity

#: Saaty's limit of consistency.
_CONSISTENT = 0.1
#: Below this share of wins the weights decide, not the options.
_STABLE = 0.8


class _Problem(NamedTuple):
    """The options and the weights of the criteria, and the comparisons in pairs by what they are about."""

    options: Sequence[str]
    criteria: Sequence[str]
    weights: Sequence[float]
    values: Sequence[Sequence[float]]
    is_ideal: bool
    compared: Mapping[str, tuple[Sequence[str], Priorities]]


def run(inputs: Inputs) -> Outcome:
    """Rank the options, then vary the weights."""
    if "scores" in inputs and "template" in inputs:
        raise InputError("/template", "cannot be used with scores: leave one out", {"template": None})
    if not inputs.present("scores", "template", "pairs"):
        raise COMMAND.missing("scores", "values of the options; or add --pairs, or --template for load-test tools")
    choice = read_choice(inputs)
    if not choice.values and set(choice.pairs) == {""}:
        return _only_pairs(choice)
    problem = _by_values(choice) if choice.values else _by_pairs(choice)
    return _ranked(choice, problem)


def _only_pairs(choice: Choice) -> Outcome:
    """Priorities of things that are compared with each other, without criteria."""
    if choice.weights:
        raise InputError("/criteria", "has no effect: the pairs name no criterion", {"criteria": None})
    names, found = _compare(choice, "", "things")
    order = sorted(zip(names, found.weights), key=lambda one: -one[1])
    results = [
        Result("winner_score", order[0][1], ""),
        Result("margin", order[0][1] - order[1][1], ""),
        Result("consistency_ratio", found.consistency, "ratio"),
    ]
    rows = [Row(name, [Result("score", weight, "")]) for name, weight in order]
    answer = (
        f"{one_line(order[0][0])} has the highest priority, {format_quantity(order[0][1], 'ratio')}, before "
        f"{one_line(order[1][0])} with {format_quantity(order[1][1], 'ratio')}."
    )
    warnings = _inconsistent({"": (names, found)})
    return Outcome(answer, results, [_SAATY], warnings, tables=[ResultTable("options", "option", rows)])


def _compare(choice: Choice, criterion: str, what: str, names: Sequence[str] = ()) -> tuple[list[str], Priorities]:
    """Priorities by the comparisons of one criterion, of names in the order in which they come."""
    ratios = choice.pairs[criterion]
    found = list(names) or list(dict.fromkeys(name for pair in ratios for name in pair))
    if len(found) > MOST_COMPARED:
        raise InputError("/pairs", f"compares {len(found)} {what}, and {MOST_COMPARED} is the most")
    return found, priorities(matrix(ratios, found, what))


def _by_values(choice: Choice) -> _Problem:
    """Options with values; the weights are given, or follow from comparisons of the criteria."""
    other = next((name for name in choice.pairs if name), None)
    if other is not None:
        raise InputError("/pairs", f"compares options by {one_line(other)}, but scores has values: leave one out")
    first = next(iter(choice.values.values()))
    criteria, compared = list(choice.weights) or list(first), {}
    weights = [choice.weights.get(name, 1.0) for name in criteria]
    if "" in choice.pairs:
        _refuse_weights(choice)
        compared[""] = _compare(choice, "", "criteria", criteria)
        weights = compared[""][1].weights
    values = [[cells[name] for name in criteria] for cells in choice.values.values()]
    return _Problem(list(choice.values), criteria, weights, values, is_ideal=True, compared=compared)


def _by_pairs(choice: Choice) -> _Problem:
    """Options that are compared in pairs by each criterion (AHP)."""
    criteria = [name for name in choice.pairs if name]
    compared = {criteria[0]: _compare(choice, criteria[0], "options")}
    options = compared[criteria[0]][0]
    for name in criteria[1:]:
        compared[name] = _compare(choice, name, "options", options)
    if choice.low_is_better:
        raise InputError("/criteria", "best has no effect: the pairs say which option is better", None)
    weights = [choice.weights.get(name, 1.0) for name in criteria]
    if choice.weights and set(choice.weights) != set(criteria):
        left = next(name for name in criteria if name not in choice.weights)
        raise InputError("/criteria", f"has no weight for {one_line(left)}: add it")
    if "" in choice.pairs:
        _refuse_weights(choice)
        compared[""] = _compare(choice, "", "criteria", criteria)
        weights = compared[""][1].weights
    values = [list(row) for row in zip(*(compared[name][1].weights for name in criteria))]
    return _Problem(options, criteria, weights, values, is_ideal=False, compared=compared)


def _refuse_weights(choice: Choice) -> None:
    if any(weight != 1 for weight in choice.weights.values()):
        raise InputError("/criteria", "has weights, and pairs compares the criteria: leave one out")


def _ranked(choice: Choice, problem: _Problem) -> Outcome:
    total = math.fsum(problem.weights)
    weights = [weight / total for weight in problem.weights]
    better = [name not in choice.low_is_better for name in problem.criteria]
    options = Alternatives(problem.values, better, is_ideal=problem.is_ideal)
    scores = options.scores(weights)
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    best, second = order[0], order[1]
    shares = win_shares(options, weights, len(scores))
    rows = [
        Row(
            problem.options[index],
            [
                Result("score", scores[index], ""),
                *(
                    Result(name, wins[index] / DRAWS, "probability")
                    for name, wins in zip(("wins_by_third", "wins_by_rank"), shares)
                ),
            ],
        )
        for index in order
    ]
    flips = [nearest_flip(options, weights, index) for index in range(len(weights))]
    criteria = [
        Row(name, [Result("weight", weight, "ratio"), Result("other_wins_at", flip.weight if flip else None, "ratio")])
        for name, weight, flip in zip(problem.criteria, weights, flips)
    ]
    stable = shares.by_third[best] / DRAWS
    results = [
        Result("winner_score", scores[best], ""),
        Result("margin", scores[best] - scores[second], ""),
        Result("wins_by_third", stable, "probability", _wins(shares.by_third[best])),
        Result("wins_by_rank", shares.by_rank[best] / DRAWS, "probability", _wins(shares.by_rank[best])),
    ]
    if problem.compared:
        consistency = max(found.consistency for _, found in problem.compared.values())
        results.append(Result("consistency_ratio", consistency, "ratio"))
    answer = (
        f"{one_line(problem.options[best])} is best ({scores[best]:.3g}), before {one_line(problem.options[second])} "
        f"({scores[second]:.3g}). It wins {format_quantity(stable, 'ratio')} of the time when the weights vary by a "
        f"third, and {format_quantity(shares.by_rank[best] / DRAWS, 'ratio')} when only their order is kept."
    )
    warnings = _inconsistent(problem.compared)
    if stable < _STABLE:
        warnings.append(_unstable(problem, flips, weights))
    if not choice.weights and not problem.compared:
        warnings.append(_equal_weights(problem.criteria))
    warnings += _dominated(problem, better)
    assumptions = [_TOPSIS if problem.is_ideal else _AHP, _VARIED]
    if problem.compared:
        assumptions.append(_SAATY)
    if choice.about:
        assumptions.append(choice.about)
    tables = [ResultTable("options", "option", rows), ResultTable("criteria", "criterion", criteria)]
    return Outcome(answer, results, assumptions, warnings, tables=tables)


def _wins(count: int) -> Interval:
    return Interval(*wilson_interval(count, DRAWS, 1.0), STATISTICAL, 0.95)


def _inconsistent(compared: Mapping[str, tuple[Sequence[str], Priorities]]) -> list[AnswerWarning]:
    """A warning for each set of comparisons that contradict each other."""
    warnings = []
    for criterion, (names, found) in compared.items():
        if found.consistency > _CONSISTENT:
            first, second = (names[index] for index in found.worst)
            ratio = found.weights[found.worst[0]] / found.weights[found.worst[1]]
            where = f" by {one_line(criterion)}" if criterion else ""
            message = (
                f"the comparisons{where} contradict each other: consistency ratio {found.consistency:.3g}, above 0.1"
            )
            fix = f"check {one_line(first)} with {one_line(second)}: the others suggest {ratio:.3g}"
            warnings.append(AnswerWarning("inconsistent_pairs", message, fix))
    return warnings


def _unstable(problem: _Problem, flips: Sequence[Flip | None], weights: Sequence[float]) -> AnswerWarning:
    near = [
        (abs(flip.weight - weight), name, flip) for name, flip, weight in zip(problem.criteria, flips, weights) if flip
    ]
    message = "the winner depends on the weights more than on the options"
    if not near:
        return AnswerWarning("unstable_choice", message, "agree on the weights first")
    _, name, flip = min(near, key=lambda one: one[0])
    fix = (
        f"agree on the weight of {one_line(name)}: at {format_quantity(flip.weight, 'ratio')} "
        f"{one_line(problem.options[flip.winner])} wins"
    )
    return AnswerWarning("unstable_choice", message, fix)


def _equal_weights(criteria: Sequence[str]) -> AnswerWarning:
    example = ",".join(f"{name}:{weight}" for name, weight in zip(criteria, (3, 2)))
    return AnswerWarning("equal_weights", "all criteria count the same", f"say what counts, as in --criteria {example}")


def _dominated(problem: _Problem, better: Sequence[bool]) -> list[AnswerWarning]:
    if not problem.is_ideal:
        return []
    pairs = dominated(problem.values, better)
    if not pairs:
        return []
    texts = [f"{one_line(problem.options[low])} by {one_line(problem.options[high])}" for low, high in pairs.items()]
    message = f"beaten or equalled in every criterion: {', '.join(texts[:3])}"
    return [AnswerWarning("dominated_options", message, "leave them out: they also move the scores of the others")]


_TOPSIS = "TOPSIS: values are divided by the length of their column; a score is the closeness to the best values."
_AHP = "AHP: the priorities of the options by each criterion are added up with the weights."
_VARIED = (
    f"Weights vary by up to a third each, or are drawn evenly among all with the same order ({DRAWS} draws, seeded)."
)
_SAATY = "Weights are the principal eigenvector of the comparisons; a consistency ratio up to 0.1 is usual (Saaty)."

_RESULTS = {
    "winner_score": "score of the best option: closeness to the ideal from 0 to 1, or its priority",
    "margin": "lead of the best option over the second",
    "wins_by_third": "share of draws that the best option wins when weights vary by up to a third: each weight for "
    "itself",
    "wins_by_rank": "share of draws that the best option wins when the weights only keep their order",
    "consistency_ratio": "inconsistency of the comparisons in pairs: how much they contradict each other; the largest "
    "of all criteria",
}

COMMAND = Command(
    name="decide",
    summary="Which option is best by several criteria (TOPSIS, AHP), and how often it wins when the weights vary.",
    fields=(
        SCORES,
        CRITERIA,
        PAIRS,
        choice_field("template", "criteria and options that come with the program", templates(), None),
    ),
    run=run,
    formula="TOPSIS: score = d(worst) / (d(best) + d(worst)) of the weighted values, each divided by the length of its "
    "column; AHP: A w = lambda w, CR = (lambda - n) / (n - 1) / RI(n)",
    source="Hwang and Yoon 1981, doi 10.1007/978-3-642-48318-9; Saaty 2008, doi 10.1504/IJSSCI.2008.017590; Butler, "
    "Jia and Dyer 1997, doi 10.1016/S0377-2217(96)00307-4 (varied weights)",
    example={"scores": "A:price:120,A:speed:800,B:price:90,B:speed:500,C:price:200,C:speed:900",
             "criteria": "price:2:low,speed:3"},
    results=_RESULTS,
    tables={
        "options": {
            "score": "score of the option: closeness to the ideal from 0 to 1, or its priority",
            "wins_by_third": "share of draws that the option wins when weights vary by up to a third",
            "wins_by_rank": "share of draws that the option wins when the weights only keep their order",
        },
        "criteria": {
            "weight": "share of the criterion in all weights",
            "other_wins_at": "nearest weight with which another option wins, the others in proportion",
        },
    },
)  # fmt: skip
