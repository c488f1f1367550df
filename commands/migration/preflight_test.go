package migration

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/migration"
)

func TestWhatWaitsForTheTargetIsOneLine(t *testing.T) {
	checks := migration.Checks(&migration.PreflightFacts{By: migration.ByCopy, Survey: &migration.Survey{}, Target: "z2:1/p",
		Ensemble: migration.EnsembleFacts{Members: []migration.MemberFacts{{Server: "z2:1", Down: "refused"}}}})
	waiting := 0
	for _, c := range checks {
		if c.Result == migration.Warned && c.WaitsForTarget() {
			waiting++
		}
	}
	var b strings.Builder
	if err := writePreflight(&b, message.English, checks, "z2:1/p"); err != nil {
		t.Fatal(err)
	}
	// The quorum fails, so it keeps its own line.
	printed := strings.Join(strings.Fields(b.String()), " ")
	if waiting != 2 || strings.Count(printed, "Do: see target_reachable") != 2 || !strings.Contains(printed, "does not answer: target_credentials, ") {
		t.Errorf("%d checks wait:\n%s", waiting, &b)
	}
}

func TestAPreflightWithoutAFailureLeadsToTheStatus(t *testing.T) {
	for result, want := range map[migration.Result]string{
		migration.Passed: "\n1 checks pass, 0 warn, 0 fail\nNext: migrate status --target z2:1/p\n",
		migration.Failed: "\n0 checks pass, 0 warn, 1 fail\n",
	} {
		var b strings.Builder
		screen := &render.Screen{Writer: &b, Width: func() int { return 80 }}
		if err := writePreflight(screen, message.English, []migration.Check{{Name: "leader", Result: result, Seen: message.New("seen")}}, "z2:1/p"); err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(b.String(), "seen\n"+string(result))
		if _, got, _ = strings.Cut(got, "seen\n"); cmp.Diff(want, got) != "" {
			t.Errorf("%s:\n%s", result, &b)
		}
	}
}
