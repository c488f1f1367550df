package cluster_test

import (
	"testing"

	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// A leader that runs without a feature is not waited for, and its own error is shown, as the original does.
func TestAFeatureThatIsSwitchedOffIsReportedInTheOriginalsWords(t *testing.T) {
	answers := shelltest.Answers{}
	for _, rpc := range []string{wire.RPCAddDuplication, wire.RPCModifyDuplication, wire.RPCQueryDuplication, wire.RPCAddBackupPolicy,
		wire.RPCModifyBackupPolicy, wire.RPCQueryBackupPolicy, wire.RPCStartBulkLoad, wire.RPCQueryBulkLoad} {
		answers[rpc] = shelltest.Always(&wire.ErrorResponse{Err: wire.ErrServiceNotActive})
	}
	s := shelltest.Start(t, answers.Behave)
	const (
		noDuplications = "duplications are switched off in the leader's configuration: [replication] duplication_enabled = false\n"
		noBackups      = "cold backups are switched off in the leader's configuration: [meta_server] cold_backup_disabled = true, which is the default\n"
		noFeature      = "the leader has loaded its metadata, so it runs without this feature\n"
	)
	for line, want := range map[string]string{
		"query_dup temp":                 "querying duplications of app [temp] failed, error=ERR_SERVICE_NOT_ACTIVE\n" + noDuplications,
		"add_dup temp c2":                "adding duplication failed [app: temp, remote: c2, checkpoint: false, error: ERR_SERVICE_NOT_ACTIVE]\n" + noDuplications,
		"start_dup temp 1":               "starting duplication(1) for app temp failed, error=ERR_SERVICE_NOT_ACTIVE\n" + noDuplications,
		"ls_backup_policy":               "ls backup policy failed\n" + noBackups,
		"query_backup_policy -p daily":   "query backup policy failed, err = ERR_SERVICE_NOT_ACTIVE\n" + noBackups,
		"disable_backup_policy -p daily": "disable backup policy failed, with err = ERR_SERVICE_NOT_ACTIVE\n" + noBackups,
		"add_backup_policy -p daily -b local_service -a 2 -i 86400 -c 3": "add backup policy failed, err = ERR_SERVICE_NOT_ACTIVE\n" + noBackups,
		"start_bulk_load -a temp -c c1 -p local_service -r root":         "start bulk load failed, error=ERR_SERVICE_NOT_ACTIVE [hint:\"\"]\n" + noFeature,
		"query_bulk_load_status -a temp":                                 "query bulk load failed, error=ERR_SERVICE_NOT_ACTIVE [hint:\"\"]\n" + noFeature,
	} {
		out, diagnostics, err := s.Run(line)
		if got := out + diagnostics; err == nil || got != want {
			t.Errorf("%s: error = %v, printed\n%swant\n%s", line, err, got, want)
		}
	}
}
