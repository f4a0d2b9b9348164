"""What a board holds and what may happen to it: quests, turns, messages, sessions, reservations."""
