# guard.sh HOOK AGENTS NEEDS, read by /bin/sh as "$0": starts a Python hook of this folder only where it may have work.
# A plugin's hooks see every tool call of every agent, and Python takes ten times as long as this. The hook itself checks
# everything again: nothing is allowed or denied here. Whatever happens, the exit is 0, except for `stop` (see there).
#   HOOK    the name of the script, without .py
#   AGENTS  ours: only events of this plugin's agents. any: those of other agents, too, where there is a quest board.
#           session: every event.
#   NEEDS   for our agents: nothing, board (a quest board), command-or-board (one of our commands, or a quest board).

hook=$1 agents=$2 needs=$3
export ACOLYTES_CLIENT_PROCESS=$PPID
# One JSON object; quotes inside its strings are escaped, so a key in quotes is the client's own.
event=$(cat)

isolated() { # neither the working folder nor the environment can add a module
  python3 -I -S "$@"
}

# Whether the project has a quest board. Where that is not certain (a worktree, a board elsewhere): yes.
board() {
  [ -z "$ACOLYTES_QUEST_DB$ACOLYTES_QUEST_URL" ] || return 0
  case $PWD in /*) folder=$PWD ;; *) return 0 ;; esac # a folder that was removed
  until [ -z "$folder" ] || [ -e "$folder/.git" ]; do folder=${folder%/*}; done
  [ -f "$folder/.git" ] || [ -e "${folder:-$PWD}/.claude/acolytes/quests.db" ]
}

# The client shows a hook's message to the user only for a tool call of the main agent: here, its call of one of ours.
case $hook$event in
  pre_tool_use*'"subagent_type":"acolytes:'*)
    if command -v python3 >/dev/null && ! isolated -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
      echo '{"systemMessage": "Acolytes needs python3 3.9 or later on PATH. Until then its agents work without hooks and calculators."}'
      exit 0
    fi
    ;;
esac
# The client names a plugin's agents with the plugin's name in front.
case $event in
  *'"agent_type":"acolytes:'*)
    case $needs in
      board) board || exit 0 ;;
      command-or-board) case $event in *'"command"'*acolytes*) ;; *) board || exit 0 ;; esac ;;
    esac
    ;;
  *) [ "$agents" = session ] || { [ "$agents" = any ] && board; } || exit 0 ;;
esac
command -v python3 >/dev/null && [ -r "${0%/*}/$hook.py" ] || exit 0
if [ "$hook" = stop ]; then # its exit code and its standard error wake the agent; it ends when its parent, the client, does
  exec python3 -I -S "${0%/*}/$hook.py" <<END
$event
END
fi
[ -n "$ACOLYTES_HOOK_DEBUG" ] || exec 2>/dev/null
printf '%s' "$event" | isolated "${0%/*}/$hook.py"
exit 0
