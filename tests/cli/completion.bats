#!/usr/bin/env bats
# Completion offers the commands and options that the help texts name, and no others.

# "$" in single quotes is for the other shell.
# shellcheck disable=SC2016

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

scripts=$top/src/completion
commands=(apply revert status diagnose bench capture detect help)

setup() {
  head -c 2 "$BUILD/ax650n-tune" | grep -q '#!' && skip "not the program alone"
  PATH=$BUILD:$PATH
}

# options [COMMAND]: those of its help, sorted.
options() {
  ax650n-tune "$@" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort
}

# in_bash WORD...: what is offered for the last word.
in_bash() {
  bash --norc -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ax650n_tune ax650n-tune
    printf "%s\n" "${COMPREPLY[@]}"' "$scripts/ax650n-tune.bash" "$@" | sort
}

in_fish() {
  fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$scripts/ax650n-tune.fish" "$1" | cut -f 1 | sort
}

# in_zsh [COMMAND]: what is told to _arguments of its options.
in_zsh() {
  zsh -f -c '
    _arguments() { }
    words=(ax650n-tune)
    . "$1"
    program=ax650n-tune
    typeset -a specs match
    _ax650n_tune_specs $2
    print -rl -- $specs' zsh "$scripts/_ax650n-tune" "$@"
}

@test "bash: commands and options" {
  [ "$(in_bash ax650n-tune '')" = "$(printf '%s\n' "${commands[@]}" | sort)" ]
  diff <(options) <(in_bash ax650n-tune --)
  for command in "${commands[@]}"; do
    diff <(options "$command") <(in_bash ax650n-tune "$command" --)
    diff <(options "$command") <(in_bash ax650n-tune --color always -v --json "$command" --)
  done
}

@test "bash: values, files and commands" {
  cd "$BATS_TEST_TMPDIR"
  touch model.axmodel
  [ "$(in_bash ax650n-tune --color '')" = "$(printf 'always\nauto\nnever')" ]
  [ "$(in_bash ax650n-tune --color = ne)" = never ]
  [ "$(in_bash ax650n-tune apply --color =)" = "$(printf 'always\nauto\nnever')" ]
  [ "$(in_bash ax650n-tune bench --format j)" = json ]
  [ "$(in_bash ax650n-tune apply --cpu '' | head -n 1)" = 0 ]
  in_bash ax650n-tune apply --governor '' | grep -qx off
  [ "$(in_bash ax650n-tune bench mod)" = model.axmodel ]
  [ "$(in_bash ax650n-tune --sysroot mod)" = model.axmodel ]
  [ "$(in_bash ax650n-tune bench -- ba | grep -x bash)" = bash ]
  [ "$(in_bash ax650n-tune bench -- mode | grep -x model.axmodel)" = model.axmodel ]
  [ "$(in_bash ax650n-tune bench --settings default,)" = "$(printf 'default,%s\n' cpus default governor idle irq memory tuned)" ]
  [ "$(in_bash ax650n-tune bench --settings = default,irq,tu)" = default,irq,tuned ]
  [ "$(in_bash ax650n-tune help cap)" = capture ]
  [ "$(in_bash ax650n-tune bench -- cat mod)" = model.axmodel ]
  [ -z "$(in_bash ax650n-tune status mod)" ]
  [ -z "$(in_bash ax650n-tune bench --rounds '')" ]
}

@test "fish: commands, options and values" {
  command -v fish >/dev/null || skip "no fish"
  [ "$(in_fish 'ax650n-tune ')" = "$(printf '%s\n' "${commands[@]}" | sort)" ]
  diff <(options) <(in_fish 'ax650n-tune --')
  for command in "${commands[@]}"; do
    diff <(options "$command") <(in_fish "ax650n-tune -v $command --")
  done
  [ "$(in_fish 'ax650n-tune bench --format m')" = markdown ]
  [ "$(in_fish 'ax650n-tune bench --settings default,irq,tu')" = default,irq,tuned ]
  in_fish 'ax650n-tune bench -- bas' | grep -qx bash
  cd "$BATS_TEST_TMPDIR"
  touch model.axmodel
  in_fish 'ax650n-tune bench --rounds 2 -- cat mod' | grep -qx model.axmodel
  [ "$(in_fish 'ax650n-tune help cap')" = capture ]
  [ "$(in_fish 'ax650n-tune --color ')" = "$(printf 'always\nauto\nnever')" ]
}

@test "zsh: commands and options, with what they do" {
  command -v zsh >/dev/null || skip "no zsh"
  zsh -n "$scripts/_ax650n-tune"
  diff <(options) <(in_zsh | grep -oE '^--[a-z-]+' | sort)
  for command in "${commands[@]}"; do
    diff <(options "$command") <(in_zsh "$command" | grep -oE '^--[a-z-]+' | sort)
  done
  in_zsh apply | grep -qxF -- "--cpu=[move the interrupts to CPU N]:N: _ax650n_tune_values --cpu"
}

@test "zsh: what bench is to run is completed as a command line of its own" {
  command -v zsh >/dev/null || skip "no zsh"
  # rest WORD...: what is completed, by what, for the last word.
  rest() {
    zsh -f -c '
      _normal() { print -r -- "command line: $CURRENT of $words" }
      _arguments() {
        [[ $1 == -C ]] || { print "options and files"; return }
        state=command words=("${given[@]}") CURRENT=$#given
        return 1
      }
      given=("${@[2,-1]}") words=(ax650n-tune $given)
      . "$1"' zsh "$scripts/_ax650n-tune" "$@"
  }
  [ "$(rest bench --rounds 2 -- ca)" = "command line: 1 of ca" ]
  [ "$(rest bench -- cat mod)" = "command line: 2 of cat mod" ]
  [ "$(rest bench --)" = "options and files" ]
  [ "$(rest bench mod)" = "options and files" ]
}
