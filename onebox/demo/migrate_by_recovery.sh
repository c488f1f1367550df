#!/usr/bin/env bash
# Moves the metadata of a cluster to another ZooKeeper by rebuilding it there from what the replica servers
# hold: the eight documented steps, with the commands an operator types.
# usage: migrate_by_recovery.sh PEGASHELL ONEBOX
pegashell=$(realpath "$1") onebox=$(realpath "$2")
. "$(dirname "$0")/lib.sh"

heading 'A cluster to work on: 2 meta servers, 3 replica servers, 2 ZooKeepers; one table was dropped'
onebox_do start --meta_count 2 --replica_count 3 --zk_count 2
metas=$(addresses meta) new=$(address zookeeper 2)
shell_do 'create users -p 8' 'create orders -p 4' 'create old_events -p 2'
wait_healthy 60
shell_do 'drop old_events'
mkdir "$folder/work"
cd "$folder/work"

heading 'Step 1: write down the tables'
shell_do 'ls -o apps.list'
cat apps.list

heading 'Step 2: write down the replica servers'
shell_do 'nodes -d -o nodes.list' 'recover_list -o recover_node_list'
cat nodes.list recover_node_list

heading 'Step 3: stop all meta servers, wait until every replica server turned INACTIVE'
onebox_do stop -m 1 -m 2
wait_inactive 60

heading 'Step 4: recovery, on the new ZooKeeper'
for n in 1 2; do
    shell_do "config_set $box/meta$n/config.ini meta_server recover_from_replica_server true" \
        "config_set $box/meta$n/config.ini zookeeper hosts_list $new"
done

heading 'Step 5: start one meta server; it leads, in recovery'
onebox_do start -m 1

heading 'Step 6: rebuild the metadata from the replica servers'
shell_do 'recover -f recover_node_list --expect apps.list'
expect 'Recover result: ERR_OK'

heading 'Step 7: recovery off again, restart it'
for n in 1 2; do
    shell_do "config_set $box/meta$n/config.ini meta_server recover_from_replica_server false"
done
onebox_do restart -m 1

heading 'Step 8: start all meta servers'
onebox_do start -m 2
wait_healthy 60

heading 'What became of it: the dropped table is back, so it is dropped again'
shell_do 'ls -a' 'drop old_events'
shell_do 'cluster_info' 'ls -d' 'nodes -d'
expect "zookeeper_hosts *: $new"
expect 'meta_function_level *: steady'
expect 'total_app_count *: 2'
expect 'fully_healthy_app_count *: 2'
expect 'alive_node_count *: 3'
report
say
say 'The cluster runs on the new ZooKeeper, its metadata rebuilt from the replica servers, every table is healthy.'
