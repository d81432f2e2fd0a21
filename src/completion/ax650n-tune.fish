# SPDX-License-Identifier: MIT
# Completion for fish. Commands and options are those that the help texts name.

# "--option<tab>what it does" for each option of a command, or of the program.
function __ax650n_tune_options
    $argv --help 2>/dev/null | string replace -rf '^ +(?:-[a-zA-Z], )?(--[a-z-]+)(?: [A-Z|]+)? +(.*)$' '$1\t$2'
end

function __ax650n_tune_commands
    $argv[1] --help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)$' '$1\t$2'
end

# The values of an option; fails for one that takes none.
function __ax650n_tune_values
    switch $argv[1]
        case --color
            printf '%s\n' auto always never
        case --format
            printf '%s\n' text markdown json
        case --settings
            set -l before (string match -r '.*,' -- (commandline -ct))
            printf "$before%s\n" default tuned irq governor idle memory cpus
        case --governor
            echo off
            set -l files /sys/devices/system/cpu/cpufreq/policy*/scaling_available_governors
            test -n "$files"; and cat $files | string split -n ' ' | sort -u
        case --cpu
            set -l files /sys/devices/system/cpu/cpu*
            string replace -rf '^.*/cpu(\d+)$' '$1' $files
        case --sysroot --config --save --report --stdin
            __fish_complete_path (commandline -ct)
        case --rounds --warmup --timeout --metric --seed --prompt --prompt-mark --reset
            return 0
        case '*'
            return 1
    end
end

function __ax650n_tune
    set -l words (commandline -opc)
    set -l program $words[1]
    set -l command
    # What bench is to run has a completion of its own.
    if set -l run (contains -i -- -- $words)
        complete -C (string join ' ' -- (string escape -- $words[(math $run + 1)..]) (commandline -ct))
        return
    end
    for i in (seq 2 (count $words))
        string match -q -- '-*' $words[$i]; or __ax650n_tune_values $words[(math $i - 1)] >/dev/null; or set -a command $words[$i]
    end
    __ax650n_tune_values $words[-1]; and return
    if string match -q -- '-*' (commandline -ct)
        __ax650n_tune_options $program $command[1]
    else if not set -q command[1]; or test $command[1] = help
        __ax650n_tune_commands $program
    else if contains -- $command[1] bench capture
        __fish_complete_path (commandline -ct)
    end
end

complete -c ax650n-tune -f -a '(__ax650n_tune)'
