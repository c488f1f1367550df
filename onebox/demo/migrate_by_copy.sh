#!/usr/bin/env bash
# Moves the metadata of a running cluster from one ZooKeeper to another by copying: the seven documented
# steps, with the commands an operator types. usage: migrate_by_copy.sh PEGASHELL ONEBOX
pegashell=$(realpath "$1") onebox=$(realpath "$2")
. "$(dirname "$0")/lib.sh"

heading 'A cluster to work on: 2 meta servers, 3 replica servers, 2 ZooKeepers'
onebox_do start --meta_count 2 --replica_count 3 --zk_count 2
metas=$(addresses meta) old=$(address zookeeper 1) new=$(address zookeeper 2)
shell_do 'create users -p 8' 'create orders -p 4' 'create events -p 16'
wait_healthy 60
shell_do 'ls -d'
tables_before=$output

heading 'Step 1: stop all follower meta servers'
shell_do 'cluster_info'
leader=$(value primary_meta_server)
for n in 1 2; do
    [ "$(address meta $n)" = "$leader" ] && leader_number=$n || follower_number=$n
done
onebox_do stop -m "$follower_number"

heading 'Step 2: the leader must not change anything any more'
shell_do 'set_meta_level blind'

heading 'Step 3: copy the metadata to the new ZooKeeper'
shell_do 'cluster_info'
root=$(value zookeeper_root)
shell_do "zk_copy -t $new"
expect 'verified'

heading 'Step 4: point the meta servers at the new ZooKeeper'
shell_do "config_set $box/meta1/config.ini zookeeper hosts_list $new" "config_set $box/meta2/config.ini zookeeper hosts_list $new"

heading 'Step 5: restart the leader, check the cluster'
onebox_do restart -m "$leader_number"
wait_healthy 60
shell_do 'cluster_info' 'ls -d' 'nodes -d'
expect "zookeeper_hosts *: $new"
expect 'meta_function_level *: steady'

heading 'Step 6: start all followers'
onebox_do start -m "$follower_number"

heading 'Step 7: remove the metadata from the old ZooKeeper'
shell_do "zk_ls $old$root"
shell_do "zk_rmr $old$root --yes"

heading 'What became of it'
shell_do 'ls -d'
[ "$output" = "$tables_before" ] || fail 'the tables are not what they were'
shell_do 'cluster_info'
expect "zookeeper_hosts *: $new"
printf '>>> zk_ls %s%s\n' "$old" "$root"
if printf 'zk_ls %s%s\n' "$old" "$root" | "$pegashell" -c "$manifest" --cluster "$metas" 2>&1 | tail -n +8; then
    fail 'the old tree is still there'
fi
onebox_do list
report
say
say 'The cluster runs on the new ZooKeeper, every table is healthy, the old tree is gone.'
