#!/usr/bin/env bash
# A migration by copying while the cluster works: a writer changes tables all the time, a client uses one all
# the time, and the copy follows. It prints for how long the cluster was frozen.
# usage: migrate_live.sh PEGASHELL ONEBOX
pegashell=$(realpath "$1") onebox=$(realpath "$2")
. "$(dirname "$0")/lib.sh"

work=$folder/work
mkdir -p "$work"
touch "$work/made" "$work/dropped" "$work/refused"
pids=
stop_helpers() { for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait || true; }

now() { date +%s.%N; }
seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b - a }'; }
quietly() { printf '%s\n' "$@" | "$pegashell" -c "$manifest" --cluster "$metas" 2>&1; }
# until_says SECONDS TEXT COMMAND...: until the command prints the text.
until_says() {
    local tries=$(($1 * 20)) text=$2
    shift 2
    for _ in $(seq "$tries"); do
        if "$@" 2>/dev/null | grep -- "$text" >/dev/null; then return; fi
        sleep 0.05
    done
    fail "no '$text' from: $*"
}

# wait_made NUMBER: until the writer has made more tables than that, with one more refresh of $made.
wait_made() {
    for _ in $(seq 1200); do
        made=$(wc -l <"$work/made")
        [ "$made" -gt "$1" ] && return
        sleep 0.05
    done
    fail "the writer has made only $made tables"
}

heading 'A cluster that works: 2 meta servers, 3 replica servers, 2 ZooKeepers, 40 tables'
onebox_do start --meta_count 2 --replica_count 3 --zk_count 2
metas=$(addresses meta) old=$(address zookeeper 1) new=$(address zookeeper 2)
for n in $(seq 40); do echo "create table$n -p 8"; done >"$work/create"
"$pegashell" -c "$manifest" --cluster "$metas" -e <"$work/create" >/dev/null
wait_healthy 60
shell_do 'cluster_info'
leader=$(value primary_meta_server) root=$(value zookeeper_root)
for n in 1 2; do
    [ "$(address meta $n)" = "$leader" ] && leader_number=$n || follower_number=$n
done

heading 'A client uses a table all the time, and a writer changes tables all the time'
say "\$ onebox client --meta $metas --table table1 &"
"$onebox" client --meta "$metas" --table table1 >"$work/client" 2>&1 &
client=$! pids="$pids $client"
say 'writer: create, set_app_envs, rename, drop, again and again &'
(
    set +e
    trap 'exit 0' TERM
    for n in $(seq 100000); do
        if quietly "create live$n -p 4" | grep succeed >/dev/null; then
            echo "live$n" >>"$work/made"
            quietly "set_app_envs live$n rocksdb.usage_scenario bulk_load" >/dev/null
            if [ $((n % 3)) = 0 ]; then
                quietly "drop live$n -r 3600" | grep succeed >/dev/null && echo "live$n" >>"$work/dropped"
            fi
        else
            echo "live$n" >>"$work/refused"
        fi
    done
) &
writer=$! pids="$pids $writer"

heading 'The copy follows the living tree, in a shell of its own'
say ">>> zk_copy -t $new --follow"
printf 'zk_copy -t %s --follow\n' "$new" | "$pegashell" -c "$manifest" --cluster "$metas" >"$work/follow" 2>"$work/notes" &
follow=$! pids="$pids $follow"
until_says 60 'Every further change' cat "$work/notes"
wait_made 10
say "the writer has made $made tables so far"

heading 'Freeze, verify, move, steady'
onebox_do stop -m "$follower_number"
frozen=$(now)
shell_do 'set_meta_level blind'
wait "$follow" || fail 'the copy was not verified'
verified=$(now)
tail -n +8 "$work/follow"
shell_do "config_set $box/meta1/config.ini zookeeper hosts_list $new" "config_set $box/meta2/config.ini zookeeper hosts_list $new"
onebox_do restart -m "$leader_number"
until_says 60 "zookeeper_hosts *: $new" quietly cluster_info
until_says 60 'fl_steady' quietly get_meta_level
steady=$(now)
onebox_do start -m "$follower_number"

heading 'What came of it'
wait_made "$made" # it goes on
kill "$writer"
wait "$writer" || true
kill -INT "$client"
wait "$client" || { cat "$work/client"; fail 'a call of the client failed'; }
pids=
wait_healthy 60
quietly 'ls -a' >"$work/tables"
made=$(wc -l <"$work/made") dropped=$(wc -l <"$work/dropped") refused=$(wc -l <"$work/refused")
while read -r table; do
    grep -q "[ ]$table " "$work/tables" || fail "the table $table, which was created, is missing"
done <"$work/made"
shell_do 'cluster_info'
expect "zookeeper_hosts *: $new"
expect 'meta_function_level *: steady'
say
say "the writer made $made tables and dropped $dropped of them, and was refused $refused times while the cluster was frozen"
sed 's/^/client: /' "$work/client"
say "frozen from blind to steady: $(seconds "$frozen" "$steady") s, of which $(seconds "$frozen" "$verified") s were the copy"
say
say 'The cluster runs on the new ZooKeeper with every table, and no call of the client failed.'
