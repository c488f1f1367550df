# What the demos share: a onebox in a folder of its own, headings, and commands that are shown before they
# run. Sourced by the demo scripts, which set $pegashell and $onebox.
set -euo pipefail

# Named, since one that is only come upon is not read where the checkout belongs to somebody else.
manifest=$(realpath "$(dirname "$0")/../../plugins.toml")
folder=$(mktemp -d "${TMPDIR:-/tmp}/pegashell-demo.XXXXXX")
box=$folder/onebox
# The journal of the demo alone, from which its report is made.
export XDG_STATE_HOME=$folder/state

# stop_helpers ends what a demo runs in the background; one that does has its own.
stop_helpers() { :; }

cleanup() {
    status=$?
    stop_helpers
    if [ -d "$box" ]; then
        "$onebox" clear --dir "$box" >/dev/null 2>&1 || echo "could not clear $box" >&2
    fi
    if [ "$status" = 0 ] && [ -e "$folder/migration.html" ]; then
        rm -rf "$box" "$folder/state" "$folder/work" "$folder/migration.md" # the report stays
    else
        rm -rf "$folder"
    fi
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

heading() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
say() { printf '%s\n' "$*"; }
fail() { printf 'DEMO FAILED: %s\n' "$*" >&2; exit 1; }

# onebox_do ARGUMENTS: shows and runs one onebox command on the demo's folder.
onebox_do() {
    printf '$ onebox %s\n' "$*"
    "$onebox" "$@" --dir "$box"
}

# address KIND NUMBER: where an instance listens; KIND is meta, replica or zookeeper.
address() { "$onebox" list --dir "$box" | awk -v kind="$1" -v n="$2" '$1 == kind && $2 == n { print $3 }'; }

# addresses KIND: all of a kind, separated by commas.
addresses() { "$onebox" list --dir "$box" | awk -v kind="$1" '$1 == kind { print $3 }' | paste -sd, -; }

# shell_do LINE...: pipes the lines into pegashell, shows both, and leaves the output in $output.
# The banner (7 lines) is left out of what is shown.
shell_do() {
    printf '>>> %s\n' "$@"
    if ! output=$(printf '%s\n' "$@" | "$pegashell" -c "$manifest" --cluster "$metas" -e); then
        printf '%s\n' "$output"
        fail "pegashell ended with an error"
    fi
    output=$(printf '%s\n' "$output" | tail -n +8)
    printf '%s\n' "$output"
}

# value KEY: a value from the cluster_info in $output.
value() { printf '%s\n' "$output" | awk -F ' *: ' -v key="$1" '$1 == key { sub(/ +$/, "", $2); print $2 }'; }

# expect TEXT: the last output holds it.
expect() { printf '%s\n' "$output" | grep -q -- "$1" || fail "the output does not say: $1"; }

# wait_healthy SECONDS: until the cluster says that every partition is fully healthy and every node alive.
wait_healthy() {
    for _ in $(seq "$1"); do
        if output=$(printf 'ls -d\nnodes\n' | "$pegashell" -c "$manifest" --cluster "$metas" 2>/dev/null) &&
            printf '%s\n' "$output" | grep -Eq '^unhealthy_app_count +: 0' &&
            printf '%s\n' "$output" | grep -Eq '^unalive_node_count +: 0'; then
            return
        fi
        sleep 1
    done
    fail "the cluster was not healthy within $1 seconds"
}

# wait_inactive SECONDS: until the log of every replica server says that it gave up its leader.
wait_inactive() {
    for log in "$box"/replica*/log; do
        for _ in $(seq "$1"); do
            state=$(grep -E 'leads: connected|INACTIVE' "$log" | tail -n 1)
            case $state in *INACTIVE*) printf '%s: %s\n' "${log#"$box"/}" "$state"; continue 2 ;; esac
            sleep 1
        done
        fail "$log does not say INACTIVE within $1 seconds"
    done
}

# report: writes the record of the migration from the journal, shows its first part, and leaves the page.
report() {
    heading 'The record for a change ticket'
    shell_do "journal --report $folder/migration.html" "journal --report $folder/migration.md"
    sed -n '/^## Guards/q; /^## Steps/q; p' "$folder/migration.md"
    say "The whole record with every step and its evidence, as a page for a browser: $folder/migration.html"
}
