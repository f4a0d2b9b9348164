"""A plain model of the board: what each command must do, without a database, transactions or SQL.

A command either returns what the board must answer or raises RefusedError, and then the model is as it was, unless the
refusal is one that the board records: that keeps what had happened by then (leases taken back).
"""

from __future__ import annotations

from dataclasses import replace

from quest_rules import ANY, LEADER, LEASE, LIVE, MANY_SEND_BACKS, Message, Quest, RefusedError, Rules, overlap


class Model(Rules):
    """A method for each command."""

    def copy(self) -> Model:
        """Rows are never changed, only replaced: copying the tables copies the state."""
        tables = {"quests": dict(self.quests), "turns": dict(self.turns), "joined": set(self.joined)}
        return replace(self, entered=set(self.entered), **tables)  # type: ignore[arg-type]  # a table each

    def create(self, mode: str, tree: str | None) -> int:
        self.quests_made += 1
        self.quests[self.quests_made] = Quest(mode, tree)
        return self.quests_made

    def message(
        self,
        quest: int,
        to: list[str],
        text: str,
        *,
        after: list[int],
        reviewed: bool = False,
        reviews: int | None = None,
        answers: int | None = None,
        key: str | None = None,
    ) -> tuple[list[int], list[int]]:
        """Return the turns that the message made, the first time, and those to which it is the reply."""
        self._check_open(quest)
        self.expire()
        self._act_as_leader(quest, None)
        for used, recipients, sent_text, turns in self.quests[quest].keys if key else ():
            if used == key:
                if set(recipients) != set(to) or (sent_text != text and not self._is_redacted(quest, turns)):
                    raise RefusedError
                return list(turns), []
        replies = {} if answers is None else dict.fromkeys(to, answers)
        if answers is not None and (answers not in self._questions(quest) or self._waits_for(answers, after)):
            raise RefusedError
        if answers is None and reviews is None:
            waiting = {agent: self._questions_read(quest, agent) for agent in to}
            single = {agent: turns[0] for agent, turns in waiting.items() if len(turns) == 1}
            replies = {agent: number for agent, number in single.items() if not self._waits_for(number, after)}
        made = {agent: self._send(quest, agent, text, after, reviewed, reviews, replies.get(agent)) for agent in to}
        if key:
            self._set_quest(quest, keys=(*self.quests[quest].keys, (key, tuple(to), text, tuple(made.values()))))
        replied = list(dict.fromkeys(replies.values()))
        for number in replied:
            self._reply(number, [turn for agent, turn in made.items() if replies.get(agent) == number])
        return list(made.values()), replied

    def _send(
        self,
        quest: int,
        agent: str,
        text: str,
        after: list[int],
        reviewed: bool,
        reviews: int | None,
        question: int | None,
    ) -> int:
        """Assign a turn, which is the reply to `question` if there is one."""
        asked = self.turns[question] if question is not None else None
        about = reviews
        if about is None and asked and asked.kind == "review" and asked.about in self.turns:
            about = asked.about if self.turns[asked.about].verdict == "pending" else None
        waits = list(after)
        if about is not None:
            if agent == ANY:
                raise RefusedError
            self._check_reviewable(quest, about)
            waits.insert(0, about)
        for earlier in waits:
            self._check_dependency(quest, earlier)
        kind = "work" if about is None else "review"
        reviewed = about is None and (reviewed or (asked is not None and asked.reviewed))
        about = question if about is None else about
        return self._assign(quest, agent, frozenset(waits), LEADER, text, kind=kind, about=about, reviewed=reviewed)

    def note(self, quest: int, to: list[str], text: str) -> int:
        """Return how many notes were sent. The leader, who has no session, writes."""
        self._check_open(quest)
        self._acknowledge(quest)
        for agent in to:
            self._post(quest, Message("note", LEADER, agent, None, text))
        return len(to)

    def add_members(self, quest: int, names: list[str], session: str | None) -> list[str]:
        """Every name is that of a member, or differs from one only in case."""
        self._check_open(quest)
        self._act_as_leader(quest, session)
        if not {*names} <= {*self.workers.values()}:
            raise RefusedError
        return []

    def hand_over(self, quest: int) -> None:
        """Who led it has read what it printed; the next one is given all that comes after that."""
        self._check_open(quest)
        self._acknowledge(quest)

    def refuse(self) -> None:
        raise RefusedError

    def monitor(
        self,
        session: str | None,
        agent: str,
        quest: int | None,
        *,
        tree: str,
        any_worker: bool = False,
        chosen: int | None = None,
    ) -> tuple[str, int | None]:
        """Return what the worker finds: a turn, the end of a quest, or nothing (timeout)."""
        if chosen is not None:
            quest = self._quest_of_chosen(chosen, quest, agent)
        if quest is not None and quest not in self.quests:
            raise RefusedError
        trees = {None, tree} if quest is None else {row.tree for row in self.quests.values()}
        opened = [number for number, row in self.quests.items() if not self.is_over(number) and row.tree in trees]
        names = {agent, ANY} if any_worker or chosen else {agent}
        if session:
            self.entered.add(session)
            self.joined |= {(session, number) for number in opened if quest in {None, number}}
            held = [number for number, turn in self.turns.items() if turn.state == "leased" and turn.holder == session]
            if held:
                self._set(held[0], until=self.seconds + LEASE)
                return "turn", held[0]
        self.expire()
        for number, turn in sorted(self.turns.items()):
            meant = turn.agent in names and turn.state == "queued" and quest in {None, turn.quest}
            meant = meant and chosen in {None, number} and self.quests[turn.quest].tree in trees
            if meant and not self.is_over(turn.quest) and not self._is_busy(turn.quest):
                self._claim(number, session or "anonymous", agent)
                return "turn", number
        if quest is not None and self.is_over(quest):
            return "ended", quest
        if quest is None and session and not opened:
            ended = [number for who, number in self.joined if who == session]
            if ended:
                return "ended", max(ended)
        return "timeout", None

    def _quest_of_chosen(self, number: int, quest: int | None, agent: str) -> int:
        turn = self.turns.get(number)
        if turn is None or quest not in {None, turn.quest} or turn.state in {"done", "dead", "cancelled"}:
            raise RefusedError
        if turn.agent != agent and not turn.pool:
            raise RefusedError
        return turn.quest

    def watch(self, quest: int, since: int | None) -> tuple[str, list[int]]:
        """Return what the leader finds (news, ended or timeout), and the numbers of the messages that it prints."""
        if quest not in self.quests:
            raise RefusedError
        self._acknowledge(quest)
        if any(turn.quest == quest and turn.state == "leased" and self._is_late(turn) for turn in self.turns.values()):
            self.expire()
        row = self.quests[quest]
        after = row.seen if since is None else since
        news = [seq for seq, message in enumerate(row.messages, 1) if message.recipient == LEADER and seq > after]
        if news and after <= row.seen:
            self._set_quest(quest, shown=news[-1])
        return ("news" if news else "ended" if self.is_over(quest) else "timeout"), news

    def respond(
        self,
        quest: int,
        session: str | None,
        kind: str,
        text: str,
        *,
        turn: int | None = None,
        fence: int | None = None,
    ) -> tuple[int, bool]:
        """Return the turn that was answered, and whether it had been, by the same words."""
        self._check_known(quest)
        held = self._held(quest, session, turn)
        if not held:
            before = self._same_answer(quest, session, turn, text)
            if before is None:
                raise RefusedError(recorded=True)
            self.expire()
            return before, True
        number = self._only(held, fence)
        if kind == "unmarked" and self._waiting_for(number):
            raise RefusedError
        self._answer(number, kind, text)
        self._finish(number, completed=kind in {"completed", "unmarked"})
        self.expire()
        return number, False

    def review(self, quest: int, number: int, session: str | None, change: str | None) -> tuple[int | None, bool]:
        """Return the turn that does the work again, if the verdict is so, and whether the verdict had been given."""
        self._check_known(quest)
        turn = self._reviewed(quest, number)
        word = "accepted" if change is None else "changed"
        anew = next((n for n, t in self.turns.items() if t.about == number and t.kind == "work"), None)
        if turn.verdict != "pending":
            same = anew is None or self.turns[anew].text == change or self._is_redacted(quest, (anew,))
            if turn.verdict != word or not same:
                raise RefusedError
            return anew, True
        task = self._review_turn(quest, number, session)
        by = self.turns[task].agent if task else LEADER
        if task is None:
            self._act_as_leader(quest, session)
        else:
            self._answer(task, "completed", None)
            self._finish(task, completed=True)
        reviewing = [t.agent for t in self.turns.values() if self._is_live_review(t, number)]
        reviewer = by if task else min(reviewing, default=None)
        self._set(number, verdict=word)
        while others := [n for n, t in sorted(self.turns.items()) if self._is_live_review(t, number)]:
            self._end(others[0], "cancelled")
            self._cancel_waiting(others[0])
        self._set_status(quest)
        anew = None
        if change is None:
            self._settle(number)
        else:
            anew = self._assign(quest, turn.agent, frozenset(), by, change, about=number, reviewed=True)
            for waiting in self._waiting_for(number):
                self._set(waiting, after=self.turns[waiting].after - {number} | {anew})
            if reviewer is not None and self._send_backs(anew) < MANY_SEND_BACKS:
                self._assign(quest, reviewer, frozenset({anew}), by, None, kind="review", about=anew)
        self.expire()
        return anew, False

    def reserve(self, quest: int, session: str, paths: list[str], *, shared: bool) -> int:
        number = self._reserving(quest, session)
        for path in paths:
            for other, turn in self.turns.items():
                for taken, is_shared in turn.reserved if other != number else ():
                    if overlap(path, taken) and not (shared and is_shared):
                        raise RefusedError
            kept = dict(self.turns[number].reserved)
            kept[path] = shared
            self._set(number, reserved=tuple(sorted(kept.items())))
        return number

    def unreserve(self, quest: int, session: str, paths: list[str]) -> int:
        number = self._reserving(quest, session)
        kept = [(path, shared) for path, shared in self.turns[number].reserved if paths and path not in paths]
        self._set(number, reserved=tuple(kept))
        return number

    def release(self, session: str) -> None:
        """Give the turn in hand back, as a hook does for an agent that stops."""
        for number, turn in list(self.turns.items()):
            if turn.state == "leased" and turn.holder == session:
                self._give_back(number)
                return

    def give_back(self, quest: int, number: int, session: str | None) -> str:
        """Return the state of the turn that the leader, or the worker that holds it, gives back."""
        self._check_open(quest)
        self.expire()
        if session in self.entered:
            leased = [n for n in self._held(quest, session, number) if self.turns[n].state == "leased"]
            if not leased:
                raise RefusedError(recorded=True)
            self._give_back(self._only(leased, None))
        else:
            self._act_as_leader(quest, session)
            turn = self.turns.get(number)
            if turn is None or turn.quest != quest or turn.state != "leased":
                raise RefusedError
            self._set(number, attempt=turn.attempt - 1)
            self._queue_again(number)
        return self.turns[number].state

    def cancel_turn(self, quest: int, number: int, session: str | None) -> bool:
        """Return whether it had been cancelled before."""
        self._check_known(quest)
        self.expire()
        turn = self.turns.get(number)
        if turn is None or turn.quest != quest:
            raise RefusedError
        if turn.answer in {"clarification", "blocked"}:
            return self._drop(quest, number, session)
        if turn.state in {"done", "dead"}:
            raise RefusedError
        if turn.state == "cancelled":
            return True
        self._act_as_leader(quest, session)
        self._end(number, "cancelled")
        self._cancel_waiting(number)
        return False

    def _drop(self, quest: int, number: int, session: str | None) -> bool:
        decision = self.turns[number].decision
        if decision == "replied":
            raise RefusedError
        if decision is None:
            self._check_open(quest)
            self._act_as_leader(quest, session)
            self._set(number, decision="abandoned")
            self._cancel_waiting(number)
        return decision is not None

    def finish(self, quest: int, session: str | None, result: str, summary: str, *, force: bool) -> bool:
        """Return whether the quest had been ended so before."""
        self._check_known(quest)
        row = self.quests[quest]
        if (row.status, row.summary) == (result, summary):
            return True
        self._check_open(quest)
        self._act_as_leader(quest, session)
        mine = {number: turn for number, turn in self.turns.items() if turn.quest == quest}
        if not force and any(turn.state in LIVE or turn.verdict == "pending" for turn in mine.values()):
            raise RefusedError
        if not force and (self._has_unread(quest, session) or self._questions(quest)):
            raise RefusedError
        if not force and mine and result == "completed" and all(turn.answer is None for turn in mine.values()):
            raise RefusedError
        for number, turn in mine.items():
            if turn.state in LIVE:
                self._end(number, "cancelled")
            if turn.verdict == "pending":
                self._set(number, verdict="dropped")
        self._post(quest, Message("summary", LEADER, None, None, summary))
        self._set_quest(quest, status=result, summary=summary)
        return False

    def redact(self, quest: int, session: str | None, seq: int) -> bool:
        """Return whether it had been redacted before."""
        self._check_known(quest)
        messages = self.quests[quest].messages
        if seq > len(messages):
            raise RefusedError
        row = messages[seq - 1]
        if row.redacted:
            return True
        self._act_as_leader(quest, session)
        gone = (*messages[: seq - 1], replace(row, redacted=True, text=None), *messages[seq:])
        self._set_quest(quest, messages=gone)
        if row.kind == "summary":
            self._set_quest(quest, summary=None)
        return False

    def purge(self) -> list[int]:
        gone = [number for number in self.quests if self.is_over(number)]
        for number in gone:
            del self.quests[number]
        self.turns = {number: turn for number, turn in self.turns.items() if turn.quest not in gone}
        self.joined = {(session, quest) for session, quest in self.joined if quest not in gone}
        return gone
