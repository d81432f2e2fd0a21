# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Completion for bash. Commands and options are those that the help texts name.

_ax650n_tune_options() {
  "$@" --help 2>/dev/null | sed -nE 's/^ +(-[a-zA-Z], )?(--[a-z-]+).*/\2/p'
}

_ax650n_tune_commands() {
  "$1" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# The values of an option; fails for one that takes none, and says "files" for a file.
_ax650n_tune_values() {
  case $1 in
    --color) echo auto always never ;;
    --format) echo text markdown json ;;
    --settings) echo default tuned irq governor idle memory cpus ;;
    --governor) echo off && cat /sys/devices/system/cpu/cpufreq/policy*/scaling_available_governors 2>/dev/null ;;
    --cpu) basename -a /sys/devices/system/cpu/cpu[0-9]* | tr -d cpu ;;
    --sysroot | --config | --save | --report | --stdin) echo files ;;
    --rounds | --warmup | --timeout | --metric | --seed | --prompt | --prompt-mark | --reset) ;;
    *) return 1 ;;
  esac
}

_ax650n_tune() {
  local program=$1 cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' run='' words='' i
  # "--color=a" comes as three words, "--color=" as two.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --) run=$i ;;
      -* | =) ;;
      *) [[ $command ]] || _ax650n_tune_values "${COMP_WORDS[i - 1]}" >/dev/null || command=${COMP_WORDS[i]} ;;
    esac
  done
  if [[ $run ]]; then
    words=files
  elif words=$(_ax650n_tune_values "$prev"); then
    if [[ $prev == --settings ]]; then
      compopt -o nospace 2>/dev/null
      # shellcheck disable=SC2086 # a list of words
      [[ $cur != *,* ]] || words=$(printf "${cur%,*},%s " $words)
    fi
  elif [[ $cur == -* ]]; then
    # shellcheck disable=SC2086 # no command is no word
    words=$(_ax650n_tune_options "$program" $command)
  elif [[ ! $command || $command == help ]]; then
    words=$(_ax650n_tune_commands "$program")
  elif [[ $command == @(bench|capture) ]]; then
    words=files
  fi
  if [[ $words == files ]]; then
    compopt -o filenames 2>/dev/null
    # What is to be run may be a program, too.
    mapfile -t COMPREPLY < <({ [[ ! $run ]] || ((COMP_CWORD > run + 1)) || compgen -c -- "$cur"; compgen -f -- "$cur"; } | sort -u)
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  fi
}

complete -F _ax650n_tune ax650n-tune
