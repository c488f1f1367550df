#!/usr/bin/env bash
# Opens the shell on the onebox in a folder: what does not run of it is started, and where there is none it
# is created. usage: prompt.sh PEGASHELL ONEBOX FOLDER
set -euo pipefail
pegashell=$1 onebox=$2 box=$3

# Ctrl-C during a command is for the shell. A handler, unlike an ignored signal, is not handed down to it.
trap : INT

if ! instances=$("$onebox" list --dir "$box" 2>/dev/null); then
    "$onebox" start --dir "$box" --meta_count 2 --replica_count 3 --zk_count 2
elif ! awk '$5 == "running" { found = 1 } END { exit !found }' <<<"$instances"; then
    "$onebox" start --dir "$box"
else
    # -m 1 -z 2: the options' letters are the first ones of the kinds.
    mapfile -t rest < <(awk 'NR > 1 && $5 != "running" { print "-" substr($1, 1, 1); print $2 }' <<<"$instances")
    [ "${#rest[@]}" = 0 ] || "$onebox" start --dir "$box" "${rest[@]}"
fi

metas=$("$onebox" list --dir "$box" | awk '$1 == "meta" { print $3 }' | paste -sd, -)
status=0
"$pegashell" -c "$(dirname "$0")/../../plugins.toml" --cluster "$metas" || status=$?
echo 'The cluster is still running; make stop-onebox ends it.'
exit "$status"
