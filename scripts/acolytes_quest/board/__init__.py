"""What a board holds and what may happen to it: quests, turns, messages, sessions, reservations.

- Who: `identity`, `quests`.
- Turns: `states`, `turns`, `wanted`, `prospects`, `dependencies`, `holding`, `liveness`.
- Answers: `responses`, `reviews`, `decisions`.
- Texts: `messages`, `news`, `search`.
- Paths: `patterns`, `reservations`.
- Waits: `waiting`, `listening`.
- The end of a quest: `closing`.
- What a person sees: `activity`, `overview`.
- Checks: `invariants`, `replay`. `rows` has the rows of all tables.
"""
