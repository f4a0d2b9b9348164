"""Make a quest of a plan: its members, and all of its turns with their texts, in one transaction."""

from __future__ import annotations

from .board import messages, quests, turns

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from .board.rows import Turn
    from .call import VerbCall
    from .plan import Plan, PlannedTurn
    from .stores.engine import Transaction


def carry_out(
    tx: Transaction, call: VerbCall, plan: Plan, leader: str, session: str | None, tree: str | None
) -> tuple[int, list[dict[str, object]]]:
    """Create the quest of a plan; return its number, and the turns for JSON, in the order of the plan.

    A turn that a worker reviews is followed by the turn of that review.
    """
    quest = quests.create(
        tx,
        mission=plan.mission,
        agents=plan.agents,
        leader=leader,
        phase=plan.phases[0] if plan.phases else None,
        mode=plan.mode,
        session=session,
        tree=tree,
    )
    numbers: dict[str, int] = {}
    made: list[dict[str, object]] = []
    for planned in plan.turns.values():
        after = [numbers[name] for name in planned.after]
        turn = turns.assign(tx, quest, planned.agent, after, reviewed=planned.reviewed)
        numbers[planned.name] = turn.id
        made.append(_post(tx, leader, planned, turn, planned.text(call.command("reserve", "--quest", quest))))
        if planned.reviewer:
            review = turns.assign(tx, quest, planned.reviewer, [turn.id], kind="review", about=turn.id)
            made.append(_post(tx, leader, planned, review, _review_text(planned, turn.id)))
    return quest, made


def _review_text(planned: PlannedTurn, turn: int) -> str:
    return f"Review turn {turn} (turn {planned.name} of the plan): {planned.task}\nAccept it when: {planned.done_when}"


def _post(tx: Transaction, leader: str, planned: PlannedTurn, turn: Turn, text: str) -> dict[str, object]:
    messages.append(tx, turn.quest, kind="assignment", sender=leader, recipient=turn.assignee, turn=turn.id, text=text)
    return {"turn": turn.id, "name": planned.name, "agent": turn.assignee, "kind": turn.kind, "state": turn.state}
