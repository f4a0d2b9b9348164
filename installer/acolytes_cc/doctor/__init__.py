"""The doctor: checks an installation, and says how to fix what is wrong.

- ``checks`` has the checks. They look at an ``inspection`` and yield ``results``.
- ``remedies`` has the commands that fix.
- ``live`` is ``acolytes doctor --live``: the user's client against a scripted model, which ``loopback`` plays.
- ``verification`` is ``acolytes lint --verify-with-client``.
"""
