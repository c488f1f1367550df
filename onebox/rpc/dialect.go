package rpc

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pegashell/onebox/release"
)

// version is what a server reports about itself.
func (c *Commands) version(started time.Time) string {
	at := started.Format("2006-01-02 15:04:05")
	if c.release == release.Main {
		return fmt.Sprintf(`{"build_type":"Release","git_SHA":"db756dcdf24e2af6169659a67548501ed61f106c","start_time":%q,"version":"2.6.0-SNAPSHOT"}`, at)
	}
	return "Pegasus Server 2.5.0 (0ca31b70eac7321bb17fb034105695597245d47b) Release, Started at " + at
}

// ofMain returns the command with the help of the main branch, which is of one form: names and
// purpose, then names and arguments. In 2.5.0 it is of two forms: names, arguments, " - " and
// purpose in the help, or names and arguments there and the purpose in the long help.
func (c Command) ofMain() Command {
	names := strings.Join(c.Names, "|")
	_, rest, _ := strings.Cut(c.Help, " ")
	arguments, purpose, found := strings.Cut(" "+rest, " - ")
	switch text, isUsage := strings.CutPrefix(c.LongHelp, c.Names[0]); {
	case !found:
		purpose = c.LongHelp
	case isUsage:
		arguments = text
	}
	c.Help = strings.TrimRight(names+" - "+purpose, " -")
	c.LongHelp = strings.TrimSpace(names + " " + strings.TrimSpace(arguments))
	return c
}

// Number returns the Run of the command of that name, which shows a number without an argument and
// sets it with one; DEFAULT restores the value from the start. Numbers below least are refused.
func (c *Commands) Number(name string, least, fallback int64, get func() int64, set func(int64)) func(args []string) string {
	return func(args []string) string {
		shown, refusal := strconv.FormatInt(get(), 10), ""
		if len(args) > 0 {
			n, err := strconv.ParseInt(args[0], 10, 32)
			switch {
			case args[0] == "DEFAULT":
				shown = strconv.FormatInt(fallback, 10)
				set(fallback)
			case err != nil || n < least:
				refusal = fmt.Sprintf("ERR: invalid argument '%s', the value is not acceptable", args[0])
			default:
				shown = ""
				set(n)
			}
		}
		if c.release == release.Main {
			return numberOfMain(name, shown, refusal, len(args) == 0)
		}
		switch {
		case refusal != "":
			return "ERR: invalid arguments"
		case len(args) == 0:
			return shown
		}
		return "OK"
	}
}

// numberOfMain writes the answer as the main branch does: an object with the number as a text if it
// was requested, as a number if it was reset, and without it if it was set.
func numberOfMain(name, shown, refusal string, asked bool) string {
	answer := map[string]any{"error": "ok"}
	switch {
	case refusal != "":
		answer["error"] = refusal
	case asked:
		answer[name] = shown
	case shown != "":
		answer[name] = json.Number(shown)
	}
	text, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}
