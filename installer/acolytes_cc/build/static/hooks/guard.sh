# guard.sh HOOK, read by /bin/sh as "$0": starts a Python hook of this folder only where it may have something to do.
# A plugin's hooks see every tool call of every agent, and Python takes ten times as long as this. Nothing rests on
# what is asked here: the hooks check everything again themselves. Whatever happens, the exit is 0.

hook=$1
# One JSON object; quotes inside its strings are escaped, so a key in quotes is the client's own.
event=$(cat)

isolated() { # no module of the working folder or the environment gets in its way
  python3 -I -S "$@"
}

# Whether the project has a quest board; in doubt (a worktree, a board elsewhere) yes.
board() {
  [ -z "$ACOLYTES_QUEST_DB$ACOLYTES_QUEST_URL" ] || return 0
  case $PWD in /*) folder=$PWD ;; *) return 0 ;; esac # a folder that is gone
  until [ -z "$folder" ] || [ -e "$folder/.git" ]; do folder=${folder%/*}; done
  [ -f "$folder/.git" ] || [ -e "${folder:-$PWD}/.claude/acolytes/quests.db" ]
}

# The client shows a hook's message to the user for a tool call of the main agent only: its call of one of ours.
case $hook$event in
  pre_tool_use*'"subagent_type":"acolytes:'*)
    if command -v python3 >/dev/null && ! isolated -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
      echo '{"systemMessage": "Acolytes needs python3 3.9 or later on PATH: until then its agents have neither hooks nor calculators"}'
      exit 0
    fi
    ;;
esac
case $event in
  *'"agent_type"'*.performance'"'*) ;;
  *) case $hook in subagent_start | session_end) board || exit 0 ;; *) exit 0 ;; esac ;; # any agent may have a turn
esac
case $hook in
  pre_tool_use) case $event in *'"command"'*acolytes*) ;; *) board || exit 0 ;; esac ;;
  post_tool_use | subagent_stop) board || exit 0 ;;
esac
command -v python3 >/dev/null || exit 0
[ -n "$ACOLYTES_HOOK_DEBUG" ] || exec 2>/dev/null
printf '%s' "$event" | isolated "${0%/*}/$hook.py"
exit 0
