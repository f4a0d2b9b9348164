"""The quest board: agents in turns on one database, standard library only.

`verb_table` declares the verbs, and `verbs` runs them. `board` has the rules, and `stores` the two engines. `hooks` is
for the hooks of the client, `watch` for the view in a terminal, and `page` for the browser. `quest_VERB.py` are links.
"""

__version__ = "0.1.0"
