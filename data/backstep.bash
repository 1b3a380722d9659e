# SPDX-License-Identifier: MIT
# Completion of `backstep` for bash. The options are asked of the command itself, so that they cannot drift.

_backstep_options() { # COMMAND...
  LC_ALL=C "$@" --help 2>/dev/null | grep -oE -- '(^|[ ,])(--[a-z][a-z-]+|-[a-z]\b)' | tr -d ' ,' | sort -u
}

_backstep_files() { # WORD PATTERN
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -d -- "$1"; compgen -f -X "!$2" -- "$1")
}

_backstep() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]:-} scripts='*.@(py|ipynb|gv|dot|backstep)'
  local commands='python run trace debug hints export record verify help' had_extglob
  COMPREPLY=()
  had_extglob=$(shopt -p extglob)
  shopt -s extglob
  if [ "$COMP_CWORD" -eq 1 ]; then
    case $word in
      -*) mapfile -t COMPREPLY < <(compgen -W "$(_backstep_options "$1")" -- "$word") ;;
      *) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word"); _backstep_files "$word" "$scripts" ;;
    esac
  elif [[ $before == -o || $before == --output ]]; then
    _backstep_files "$word" '*'
  elif [[ $before == --theme ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'light dark high-contrast' -- "$word")
  elif [[ $before == --direction ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'right down' -- "$word")
  elif [[ $before == --by ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'change line phase pass event' -- "$word")
  elif [[ $before == --step || $before == --pass ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'end' -- "$word")
  elif [[ $word == -* && " $commands " == *" $command "* ]]; then
    case $command in
      python | help) ;;
      *) mapfile -t COMPREPLY < <(compgen -W "$(_backstep_options "$1" "$command")" -- "$word") ;;
    esac
  elif [[ $command == python ]]; then
    _backstep_files "$word" '*'
  else
    _backstep_files "$word" "$scripts"
  fi
  eval "$had_extglob"
}
complete -F _backstep backstep
