#!/usr/bin/env bats
# The READMEs are true: their commands exist, and what they show is what the program prints.

# Backticks are those of the text.
# shellcheck disable=SC2016

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  use_board cm3588
  cd "$BATS_TEST_TMPDIR" || return
}

# blocks FILE: the indented text, with an empty line between blocks.
blocks() {
  awk '/^    / { print substr($0, 5); last = 1; next } /^$/ { if (last) print ""; next } { if (last) print "--"; last = 0 }' "$1"
}

# commands FILE: each command in a block or between backticks, once, in order; without what explains it.
commands() {
  { blocks "$1"; grep -oE '`[^`]+`' "$1" | tr -d '`'; } | sed -E 's/ +#.*$//; s/   *.*$//' |
    grep -E '^(sudo )?(make|ax650n-tune|\./(un)?install\.sh|systemctl|journalctl|apt)( |$)' | sort -u
}

# block FILE FIRST-WORDS: the block that begins so, up to the next text.
block() {
  blocks "$1" | awk -v first="$2" 'index($0, first) == 1 { on = 1 } on && $0 == "--" { exit } on' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

@test "every command of the README is one" {
  local command arguments count=0
  cd "$BATS_TEST_TMPDIR"
  cp "$boards/cm3588.board" .
  tune -q apply
  while read -r command; do
    command=${command#sudo }
    ((++count))
    case $command in
      make\ *)
        arguments=${command#make }
        # shellcheck disable=SC2086 # words
        for target in ${arguments//,*/}; do
          case $target in *=*) continue ;; esac
          grep -q "^$target:" "$top/Makefile" || fail "no target $target"
        done
        ;;
      ./install.sh* | ./uninstall.sh*)
        # shellcheck disable=SC2086
        (cd "$top" && ./${command#./} --dry-run >/dev/null) || fail "$command"
        ;;
      systemctl* | journalctl* | apt*)
        [[ ! $command =~ (ax650n-tune[a-z-]*\.(timer|service)) ]] || ls "$top/systemd/${BASH_REMATCH[1]}"* >/dev/null
        ;;
      ax650n-tune*)
        arguments=${command#ax650n-tune}
        arguments=${arguments//[\[\]]/}
        arguments=${arguments//MODEL.../model}
        arguments=${arguments//--sysroot FILE/--sysroot cm3588.board}
        status=0
        # shellcheck disable=SC2086
        tune $arguments >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
        output=$(cat "$BATS_TEST_TMPDIR/out") stderr=$(cat "$BATS_TEST_TMPDIR/err")
        # Results that nobody has saved, and no runner of models: these fail, but are understood.
        [ "$status" -ne 2 ] || fail "$command is refused"
        ;;
    esac
  done < <(commands "$top/README.md")
  [ "$count" -ge 30 ] || fail "only $count commands"
}

@test "what the README shows of diagnose and apply is what they print" {
  export LC_ALL=C.UTF-8
  run_tune 1 diagnose
  diff -u <(block "$top/README.md" "FriendlyElec CM3588") - <<<"$output"
  run_tune 0 apply
  diff -u <(block "$top/README.md" "Card 0003:31:00.0") - <<<"$output"
}

@test "make demo shows the same, and leaves the board as it was" {
  cd "$top"
  run env LC_ALL=C.UTF-8 sh tests/boards/demo.sh
  [ "$status" -eq 0 ] || fail "$output"
  [[ $output == *"$(block README.md "FriendlyElec CM3588")"* ]] || fail "$output"
  [[ $output == *"$(block README.md "Card 0003:31:00.0")"* ]] || fail "$output"
  [[ $output == *"All files are as they were."* ]] || fail "$output"
}

@test "the files it writes are those the README names" {
  printf '%s\n' 'IdleLatency=20' 'MemoryGovernor=performance' >"$BATS_TEST_TMPDIR/conf"
  echo userspace >"$tree/sys/devices/system/cpu/cpufreq/policy6/scaling_governor"
  echo 1200000 >"$tree/sys/devices/system/cpu/cpufreq/policy6/scaling_setspeed"
  run_tune 0 --config "$BATS_TEST_TMPDIR/conf" --json apply --dry-run
  diff -u <(block "$top/README.md" "/proc/irq/N/" | awk '{ print $1 }' | sort) \
    <(jq -r '.operations[].path' <<<"$output" | sed -E 's/(irq\/|policy|cpu)[0-9]+/\1N/' | sort -u)
}

@test "the links of the READMEs lead to files" {
  local file link
  for file in "$top"/README*.md; do
    while read -r link; do
      [ -e "$top/$link" ] || fail "$file: no $link"
    done < <(grep -oE '\]\([^)#:]+\)' "$file" | sed 's/^](//; s/)$//')
  done
}

@test "the three languages have the same blocks, commands and tables" {
  local file
  for file in "$top"/README.ru.md "$top"/README.zh.md; do
    diff -u <(commands "$top/README.md") <(commands "$file")
    [ "$(grep -c '^#' "$file")" -eq "$(grep -c '^#' "$top/README.md")" ] || fail "$file has other sections"
    [ "$(grep -c '^|' "$file")" -eq "$(grep -c '^|' "$top/README.md")" ] || fail "$file has other tables"
    diff -u <(block "$top/README.md" "FriendlyElec CM3588") <(block "$file" "FriendlyElec CM3588")
    diff -u <(block "$top/README.md" "Card 0003") <(block "$file" "Card 0003")
    grep -q 'README.md' "$file"
  done
}

@test "the manual page has each command, and each of its options" {
  local command option
  for command in apply revert status diagnose bench capture detect help; do
    grep -q "^\.Cm $command$\|^\.It Cm $command\>" "$top/man/ax650n-tune.8" || fail "$command is not in the manual page"
    run_tune 0 "$command" --help
    # bench has too many options for that.
    [ "$command" = bench ] || [ "$(wc -l <<<"$output")" -le 24 ] || fail "the help is longer than a screen"
    while read -r option; do
      grep -qE "Fl -?${option#--}\b|, -${option#--}\b" "$top/man/ax650n-tune.8" || fail "$option of $command is not in the manual page"
    done < <(grep -oE -- '--[a-z-]+' <<<"$output" | sort -u)
  done
}

@test "the manual pages fit 80 columns" {
  local page
  for page in "$top"/man/*.[578]; do
    [ "$(mandoc -Tascii -Owidth=78 "$page" | col -b | wc -L)" -le 80 ] || fail "$page is too wide"
  done
}
