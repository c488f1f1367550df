package transcript

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const demo = "\x1b[1m== A cluster\x1b[0m\nstarted\n\n\x1b[1m== Step 1: stop\x1b[0m\n$ onebox stop -m 2  \n" +
	"/tmp/pegashell-demo.Ab3/onebox/meta1/config.ini was changed\nseconds  : 0.03\n\n\x1b[1m== What became of it\x1b[0m\nmore\n"

func TestTheStepsOfTheDemoTakeThePlaceOfTheOldOnes(t *testing.T) {
	session, err := Of(demo)
	if err != nil {
		t.Fatal(err)
	}
	want := "== Step 1: stop\n$ onebox stop -m 2\nonebox/meta1/config.ini was changed\nseconds  : 0.03\n"
	if diff := cmp.Diff(want, session); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	readme, err := Put("before\n"+begin+"old\n"+end+"after\n", session)
	if err != nil || readme != "before\n"+begin+want+end+"after\n" {
		t.Errorf("README.md is %q, %v", readme, err)
	}
	if _, err := Put("no marks\n", session); err == nil {
		t.Error("a README.md without marks was written")
	}
	if _, err := Of("DEMO FAILED"); err == nil {
		t.Error("a session was made of a demo that failed")
	}
}

func TestRunsThatDifferByChanceAreEqual(t *testing.T) {
	a := "meta server 1 started on 127.0.0.1:29336, pid 7263\n127.0.0.1:20310  ALIVE   28   10   18\nc.ini.bak-20261123_023154\nseconds  : 0.09\nremoved  : 36\n"
	b := "meta server 2 started on 127.0.0.1:2933, pid 72\n127.0.0.1:2031   ALIVE   28   9   19\nc.ini.bak-20271123_023154\nseconds  : 10.00\nremoved  : 36\n"
	if diff := cmp.Diff(Lasting(a), Lasting(b)); diff != "" {
		t.Error(diff)
	}
	if Lasting(a) == Lasting("x"+a) || Lasting("removed : 36\n") == Lasting("removed : 37\n") {
		t.Error("what is no chance is left out")
	}
}
