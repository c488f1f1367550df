package zookeeper

import (
	"slices"

	"pegashell/commands/command"
)

// The JSON of this room's commands. A transaction id is a text, as 0x1f, because JSON's numbers are too narrow
// for some.

// countFields are those of countRows and costRows.
func countFields(table string) []command.Field {
	return []command.Field{
		{Path: table + ".read", Type: command.Count, Meaning: "znodes that were read"},
		{Path: table + ".created", Type: command.Count, Meaning: "znodes that were created in the target"},
		{Path: table + ".parents_created", Type: command.Count, Meaning: "znodes that were created above the target's root"},
		{Path: table + ".changed", Type: command.Count, Meaning: "znodes of the target that were changed"},
		{Path: table + ".equal", Type: command.Count, Meaning: "znodes that were equal already"},
		{Path: table + ".extra", Type: command.Count, Meaning: "znodes of the target that are missing from the source, before `--delete` removed some"},
		{Path: table + ".removed", Type: command.Count, Meaning: "znodes of the target that were removed"},
		{Path: table + ".ephemeral_left_out", Type: command.Count, Meaning: "ephemeral znodes that were left out"},
		{Path: table + ".bytes", Type: command.Count, Meaning: "bytes of the data that was read"},
		{Path: table + ".seconds", Type: command.Fraction, Meaning: "how long it took"},
		{Path: table + ".connections_lost", Type: command.Count, Meaning: "connections and sessions that were lost and opened again"},
	}
}

// actionFields are those of a plan.
var actionFields = []command.Field{
	{Path: "actions[].action", Type: command.Text, Meaning: "with `--dry_run`: `create`, `set data`, `set ACL`, `remove` or `leave out`"},
	{Path: "actions[].path", Type: command.Text, Meaning: "the znode"},
	{Path: "actions[].bytes", Type: command.Count, Meaning: "the size of its data"},
}

// failureFields are those of addFailure.
var failureFields = []command.Field{
	{Path: "changed", Type: command.Texts, Meaning: "only after such a failure: znodes of the source that changed while they were copied, at most 10,000"},
	{Path: "changed_total", Type: command.Count, Meaning: "how many there are"},
	{Path: "differences", Type: command.Texts, Meaning: "only after such a failure: znodes of the target that differ after the copy, at most 10,000"},
	{Path: "differences_total", Type: command.Count, Meaning: "how many there are"},
}

var zkCopyFields = slices.Concat([]command.Field{
	{Path: "zk_copy.source", Type: command.Text, Meaning: "HOSTS/PATH"},
	{Path: "zk_copy.target", Type: command.Text, Meaning: "HOSTS/PATH"},
}, countFields("zk_copy"), []command.Field{
	{Path: "zk_copy.excluded", Type: command.Count, Meaning: "znodes that `--exclude` left out"},
	{Path: "zk_copy.older_left_out", Type: command.Count, Meaning: "znodes that `--mtime` left out"},
	{Path: "zk_copy.source_zxid", Type: command.MaybeText, Meaning: "the source's transaction, as 0x1f, up to which the trees were found equal; null if they were not"},
	{Path: "zk_copy.result", Type: command.Text, Meaning: "what came of it; `verified` is its first word only where that is true"},
	{Path: "zk_copy.written_while_following", Type: command.MaybeSum, Meaning: "with `--follow`: znodes that were written after the first copy; else null, as the next three"},
	{Path: "zk_copy.removed_while_following", Type: command.MaybeSum, Meaning: "znodes that were removed after the first copy"},
	{Path: "zk_copy.sweeps", Type: command.MaybeSum, Meaning: "how often the whole source was looked through again"},
	{Path: "zk_copy.frozen_seconds", Type: command.Fraction + command.OrNull, Meaning: "how long the source was frozen"},
	{Path: "zk_copy.final", Type: command.Truth, Meaning: "the target is verified, and nothing that is known can change the source"},
	{Path: "zk_copy.next", Type: command.MaybeText, Meaning: "the next step, in English; null for none"},
	{Path: "warnings", Type: command.Texts, Meaning: "what was warned of, in English"},
	{Path: "warnings_total", Type: command.Count, Meaning: "how many there are"},
}, actionFields, failureFields)

var zkRestoreFields = slices.Concat([]command.Field{
	{Path: "zk_restore.file", Type: command.Text, Meaning: "the backup"},
	{Path: "zk_restore.backed_up", Type: command.Text, Meaning: "the tree that it was made of, HOSTS/PATH"},
	{Path: "zk_restore.at", Type: command.Instant, Meaning: "when it was made"},
	{Path: "zk_restore.target", Type: command.Text, Meaning: "HOSTS/PATH"},
}, countFields("zk_restore"), []command.Field{
	{Path: "zk_restore.result", Type: command.Text, Meaning: "what came of it"},
}, actionFields, failureFields)

var zkBackupFields = []command.Field{
	{Path: "zk_backup.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
	{Path: "zk_backup.file", Type: command.Text, Meaning: "the file that was written"},
	{Path: "zk_backup.znodes", Type: command.Count, Meaning: "znodes in it"},
	{Path: "zk_backup.ephemeral", Type: command.Count, Meaning: "ephemeral ones among them"},
	{Path: "zk_backup.bytes", Type: command.Count, Meaning: "bytes of their data"},
	{Path: "zk_backup.file_bytes", Type: command.Count, Meaning: "the size of the file"},
	{Path: "zk_backup.zxid", Type: command.Text, Meaning: "the last transaction that is in it, as 0x1f"},
	{Path: "zk_backup.seconds", Type: command.Fraction, Meaning: "how long it took"},
	{Path: "zk_backup.connections_lost", Type: command.Count, Meaning: "connections and sessions that were lost and opened again"},
	{Path: "zk_backup.changed_meanwhile", Type: command.Count, Meaning: "znodes that changed while the tree was read; the backup is then not the tree as it was at one moment"},
	{Path: "zk_backup.result", Type: command.Text, Meaning: "what came of it"},
}

var zkRmrFields = slices.Concat([]command.Field{
	{Path: "zk_rmr.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
	{Path: "zk_rmr.backup", Type: command.MaybeText, Meaning: "the file of `--backup`; null without. Not with `--dry_run`"},
	{Path: "zk_rmr.removed", Type: command.Count, Meaning: "znodes that were removed. Not with `--dry_run`"},
	{Path: "zk_rmr.znodes", Type: command.Count, Meaning: "only with `--dry_run`: znodes that would be removed"},
	{Path: "zk_rmr.bytes", Type: command.MaybeSum, Meaning: "bytes of their data; null if the removal is not complete"},
	{Path: "zk_rmr.seconds", Type: command.Fraction, Meaning: "how long it took"},
	{Path: "zk_rmr.result", Type: command.Text, Meaning: "what came of it"},
}, actionFields)

var zkDiffFields = []command.Field{
	{Path: "differences[].difference", Type: command.Text, Meaning: "`only_in_a`, `only_in_b`, `data`, `acl` or `kind`"},
	{Path: "differences[].path", Type: command.Text, Meaning: "below both roots"},
	{Path: "differences[].table", Type: command.Text, Meaning: "of a znode of a table or a partition: the table's name, or its id where the name cannot be read"},
	{Path: "differences[].partition", Type: command.MaybeSum, Meaning: "of such a znode: the partition's index; null for the table itself"},
	{Path: "differences[].fields", Type: command.Texts, Meaning: "of such a znode: the fields that differ, with the values of both"},
	{Path: "zk_diff.a", Type: command.Text, Meaning: "the first tree, HOSTS/PATH, or backup"},
	{Path: "zk_diff.b", Type: command.Text, Meaning: "the second"},
	{Path: "zk_diff.znodes_a", Type: command.Count, Meaning: "znodes of the first"},
	{Path: "zk_diff.znodes_b", Type: command.Count, Meaning: "znodes of the second"},
	{Path: "zk_diff.equal", Type: command.Count, Meaning: "znodes that are equal"},
	{Path: "zk_diff.only_in_a", Type: command.Count, Meaning: "znodes that only the first has"},
	{Path: "zk_diff.only_in_b", Type: command.Count, Meaning: "znodes that only the second has"},
	{Path: "zk_diff.data", Type: command.Count, Meaning: "znodes whose data differs"},
	{Path: "zk_diff.acl", Type: command.Count, Meaning: "znodes whose ACL differs"},
	{Path: "zk_diff.kind", Type: command.Count, Meaning: "znodes of which one is ephemeral"},
	{Path: "zk_diff.ephemeral_left_out_a", Type: command.Count, Meaning: "ephemeral znodes of the first that were left out"},
	{Path: "zk_diff.ephemeral_left_out_b", Type: command.Count, Meaning: "ephemeral znodes of the second that were left out"},
	{Path: "zk_diff.seconds", Type: command.Fraction, Meaning: "how long it took"},
	{Path: "zk_diff.result", Type: command.Text, Meaning: "`equal`, or `different` and more words"},
}

var zkCheckFields = []command.Field{
	{Path: "findings[].severity", Type: command.Text, Meaning: "`FAULT`, `warning` or `unknown`"},
	{Path: "findings[].path", Type: command.Text, Meaning: "the znode"},
	{Path: "findings[].problem", Type: command.Text, Meaning: "what is wrong"},
	{Path: "findings[].advice", Type: command.Text, Meaning: "what to do"},
	{Path: "zk_check.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
	{Path: "zk_check.znodes", Type: command.Count, Meaning: "znodes of the tree"},
	{Path: "zk_check.bytes", Type: command.Count, Meaning: "bytes of their data"},
	{Path: "zk_check.available_tables", Type: command.Count, Meaning: "tables that are available"},
	{Path: "zk_check.dropped_tables", Type: command.Count, Meaning: "tables that were dropped"},
	{Path: "zk_check.tables_in_change", Type: command.Count, Meaning: "tables that are created, dropped or recalled at the moment"},
	{Path: "zk_check.tables_in_split", Type: command.Count, Meaning: "tables whose partitions are split at the moment"},
	{Path: "zk_check.partitions", Type: command.Count, Meaning: "partitions of all tables"},
	{Path: "zk_check.duplications", Type: command.Count, Meaning: "duplications"},
	{Path: "zk_check.bulk_loads", Type: command.Count, Meaning: "bulk loads"},
	{Path: "zk_check.backup_policies", Type: command.Count, Meaning: "backup policies"},
	{Path: "zk_check.lock_nodes", Type: command.Count, Meaning: "lock nodes of meta servers"},
	{Path: "zk_check.unknown_znodes", Type: command.Count, Meaning: "znodes that Pegasus does not have"},
	{Path: "zk_check.living_meta_servers", Type: command.Texts + command.OrNull, Meaning: "the servers that hold a lock node, the leader first; null if they are not known"},
	{Path: "zk_check.warnings", Type: command.Count, Meaning: "findings that are warnings"},
	{Path: "zk_check.faults", Type: command.Count, Meaning: "findings that are faults"},
}

var zkLsFields = []command.Field{
	{Path: "list[].path", Type: command.Text, Meaning: "below the znode"},
	{Path: "list[].kind", Type: command.Text, Meaning: "only with `-d`, as the next four: `persistent` or `ephemeral`"},
	{Path: "list[].bytes", Type: command.Count, Meaning: "the size of its data"},
	{Path: "list[].children", Type: command.Count, Meaning: "how many children it has"},
	{Path: "list[].version", Type: command.Count, Meaning: "how often its data was set"},
	{Path: "list[].changed", Type: command.Instant, Meaning: "when that was last"},
	{Path: "zk_ls.tree", Type: command.Text, Meaning: "the znode that was listed, HOSTS/PATH"},
	{Path: "zk_ls.znodes", Type: command.Count, Meaning: "how many are in the list"},
	unreadableField("zk_ls"),
}
