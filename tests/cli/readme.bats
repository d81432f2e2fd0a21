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
  run env BUILD="$BUILD" LC_ALL=C.UTF-8 sh tests/boards/demo.sh
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
  diff -u <(sed -n 's,^| `\(/[^`]*\)` |.*,\1,p' "$top/README.md" | sort) \
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

@test "the messages that the READMEs explain are those of the program" {
  local file message source
  # Strings that are continued on the next line are one.
  source=$(cat "$top"/src/*/*.c | tr -s '\n\t ' ' ' | sed 's/" "//g')
  for file in "$top"/README*.md; do
    [ "$(grep -c '^| `[^`/]* [^`]*` |.*|.*|$' "$file")" -eq 10 ]
    while read -r message; do
      # ... stands for a name or a number.
      LC_ALL=C grep -qiE "${message/.../[^\"]{1,9\}}" <<<"$source" || fail "$file: no message '$message'"
    done < <(sed -n 's/^| `\([^`/]* [^`]*\)` |.*|.*|$/\1/p' "$file")
  done
}

# outline FILE: the level of each heading, and the cells of each row, in order.
outline() {
  awk -F'|' '/^#/ { print $1 ~ /^###/ ? 3 : $1 ~ /^##/ ? 2 : 1 } /^\|/ { print "row of " NF - 2 }' "$1"
}

@test "the three languages have the same headings, blocks, commands and tables" {
  local file
  for file in "$top"/README.ru.md "$top"/README.zh.md; do
    diff -u <(outline "$top/README.md") <(outline "$file") || fail "$file has other headings or tables"
    diff -u <(blocks "$top/README.md" | grep -vx -- -- | cat -s) <(blocks "$file" | grep -vx -- -- | cat -s) ||
      fail "$file has other blocks"
    diff -u <(commands "$top/README.md") <(commands "$file") || fail "$file has other commands"
    grep -q 'README.md' "$file"
  done
}

# What the figures of the texts are computed with. A result is the list of its fields, as in the file.
published='
  def middle(low): (.[low] + .[low + 1]) / 2;
  def speedup: if .[4] == "ms" then middle(5) / middle(7) else middle(7) / middle(5) end | . * 100 - 100;
  def whole: if . == floor then . else floor + 1 end;
  def span: "\(length) \(map(speedup) | min | floor | fabs) \(map(speedup) | max | whole)";
  def quantile(p): sort | ((length - 1) * p) as $at | (.[$at | floor] * (1 - $at + ($at | floor))) +
    (if $at == ($at | floor) then 0 else .[($at | floor) + 1] * ($at - ($at | floor)) end);
  def round_to(n): . * n | round / n;
  def calls(low; high): map(select(.[3] == "inference" and .[5] >= low and .[5] < high));
  def saved: .[5] - .[7];
  def row(model; metric): map(select(.[1] == model and .[3] == metric))[0];
'

# results FILTER: of the published results, as lines. jq 1.7 would keep the zero of 8.0.
results() {
  sed -n 's/^{ \(.*\) },$/[\1]/p' "$top/src/bench/reference-results.inc" | sed 's/\bNAN\b/null/g; s/\.0\b//g' |
    jq -rs "$published $1"
}

# numbers: those of each line; a comma in one is a point.
numbers() {
  sed -E 's/([0-9]),([0-9])/\1.\2/g; s/[^0-9.]+/ /g; s/(^| )\.+|\.+( |$)/ /g; s/^ +| +$//g'
}

# table FILE NUMBER: the numbers in the rows of a table, but for those of its head.
table() {
  awk -v wanted="$2" '/^\|/ { if (!on++) n++; if (n == wanted && on > 2) print; next } { on = 0 }' "$1" | numbers
}

@test "the figures of the READMEs are those that were published" {
  local file figures
  figures=$(results '
    row("Qwen3-0.6B"; "decode"), row("Qwen3-0.6B"; "ttft"), row("YOLO11s"; "inference") |
      "\(.[1]) \(.[5:9] | map(round_to(100)) | if .[2] == .[3] then .[:3] else . end | if .[0] == .[1] then .[1:] else . end | join(" "))"' |
    numbers)
  for file in "$top"/README*.md; do
    diff -u - <(table "$file" 1) <<<"$figures"
  done
}

@test "the ranges of the READMEs hold all published results, and no more" {
  local file figure spans others
  spans=$(results '
    (map(select(.[0] == "LLM" and .[3] == "decode")) | span),
    (map(select(.[0] == "LLM" and .[3] == "ttft")) | span),
    "1 \(calls(0; 1) | span)", "1 5 \(calls(1; 5) | span)", "5 25 \(calls(5; 25) | span)",
    "25 \(calls(25; infinite) | span)"')
  others=$(results '
    length, (map(select(.[3] == "spread") | .[5] / .[7]) | min, max | round_to(10)),
    (calls(0; infinite) | map(saved) | quantile(0.25), quantile(0.75) | round_to(10))')
  for file in "$top"/README*.md; do
    diff -u - <(table "$file" 4) <<<"$spans"
    for figure in $others; do
      grep -qE "\b${figure/./[.,]}\b" "$file" || fail "$file does not name $figure"
    done
  done
}

# page_has: each line of standard input is in ax650n-pcie(7), whose lines may end anywhere.
page_has() {
  local line
  while IFS= read -r line; do
    [[ $(tr '\n' ' ' <"$top/man/ax650n-pcie.7") == *"$line"* ]] || fail "the page does not say: $line"
  done
}

@test "the figures of ax650n-pcie(7) are those that were published" {
  local figures
  figures=$(results '
    def from_to(low): if .[low] == .[low + 1] then "\(.[low])" else "\(.[low])-\(.[low + 1])" end;
    def of_native: middle(7) / middle(9) * 100;
    def decode(model): row(model; "decode");
    (decode("Qwen2.5-7B"), decode("Qwen3-0.6B") | "\(from_to(5)) to \(from_to(7)) token/s"),
    (map(select(.[3] == "decode" and .[9] and (.[1] | test("-(0.5B|360M|0.6B|1.5B)"))) | of_native) |
      "\(min | floor) to \(max | round) %"),
    (decode("Qwen2.5-7B") | "reached \(of_native | round) %"),
    (decode("Qwen3-1.7B") | "gave \(from_to(7)) token/s where the vendor states \(from_to(9))")')
  page_has <<<"$figures"
  figures=$(results '
    "published \(length) results", "Of these results, \(calls(0; infinite) | length) are times",
    (calls(0; infinite) | map(saved) | [quantile(0.25), quantile(0.5), quantile(0.75)] | map(round_to(100)) |
      "the quartiles are \(.[0]), \(.[1]) and \(.[2]) ms"),
    (calls(0; 1), calls(1; 5), calls(5; 25), calls(25; 100), calls(100; infinite) |
      " Ta \(length) Ta \(map(saved) | quantile(0.5) | round_to(100)) ms Ta \(map(speedup) | quantile(0.5) | round_to(10)) %")')
  page_has <<<"$figures"
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

@test "the commands for a language model work as written, with a runner" {
  use_board cm3588
  make_fire 50
  cd "$BATS_TEST_TMPDIR"
  printf '#!/bin/sh\nexec "%s" ax-llm "%s" "%s" "%s"\n' "$BUILD/runner" "$tree/proc/irq/137/smp_affinity" "$tree$(policy 6)" \
    "'$BATS_TEST_TMPDIR/fire'" >run_qwen3.sh
  chmod +x run_qwen3.sh
  sudo() { "$@"; }
  ax650n-tune() { tune "$@" </dev/null 2>"$BATS_TEST_TMPDIR/stderr"; }
  local line outputs=()
  while read -r line; do
    output=$(eval "$line") || fail "exit status $? of: $line: $(cat "$BATS_TEST_TMPDIR/stderr")"
    outputs+=("$output")
  done < <(sed -n '/^    sudo ax650n-tune bench --prompt/,/^$/s/^    //p' "$top/README.md")
  [ "${#outputs[@]}" -eq 3 ]
  [ "$(grep -c '^Verdict: tuned is .* faster than default' <<<"${outputs[0]}")" -eq 2 ] || fail "not two verdicts"
  [ "${outputs[1]}" = "${outputs[0]}" ] || fail "--report prints something else"
  contains "${outputs[2]}" "Qwen3-0.6B"
}
