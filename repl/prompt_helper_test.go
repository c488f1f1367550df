package repl

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/internal/test/screentest"
)

// asPrompt makes the test binary a shell with a prompt whose completions never change, for golden screens.
const asPrompt = "PEGASHELL_TEST_PROMPT"

// startPrompt starts that shell with a history of some lines.
func startPrompt(t *testing.T, opt screentest.Options) *screentest.Terminal {
	t.Helper()
	opt.Env = append([]string{asPrompt + "=1"}, opt.Env...)
	s := screentest.Start(t, opt, os.Args[0])
	s.WaitFor("onebox >>>")
	return s
}

// leavePrompt ends it, and checks that the terminal is what it was.
func leavePrompt(t *testing.T, s *screentest.Terminal, keys string) {
	t.Helper()
	s.Send(keys)
	if code := s.Wait(); code != ExitOK {
		t.Errorf("exit code %d", code)
	}
	s.CheckStty()
}

func testPrompt() int {
	var level atomic.Value // what stands in the prompt as a warning
	level.Store("")
	var slow atomic.Bool
	var broken atomic.Bool
	prompt := func() Prompt {
		if broken.Load() {
			panic("on purpose in the prompt")
		}
		if danger := level.Load().(string); danger != "" {
			return Prompt{Text: "onebox " + danger + " >>> ", Danger: danger}
		}
		return Prompt{Text: "onebox >>> "}
	}
	complete := func(text string) Completion {
		switch {
		case slow.Load():
			time.Sleep(100 * time.Millisecond)
		case text == "panic now":
			panic("on purpose in the completion")
		}
		return fixedCompletion(text)
	}
	source, err := Open(os.Stdin, os.Stdout, os.Stderr, Options{
		Prompt: prompt, Complete: complete, Color: os.Getenv("NO_COLOR") == "", History: os.Getenv(asPrompt + "_HISTORY"),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return ExitUsage
	}
	defer source.Close()
	if e, ok := source.(*editor); ok {
		for _, line := range []string{"ls -d", "nodes -d -o \"node list\"", "ls -d", "app temp", "表 格", "nodes"} {
			e.history.Add(line)
		}
	}
	shell := Shell{Source: source, Out: os.Stdout, Err: os.Stderr, twice: patience}
	shell.Execute = func(_ context.Context, words []string) error {
		switch words[0] {
		case "exit":
			return errLeave
		case "break":
			broken.Store(true)
		case "notice":
			for _, text := range words[1:] {
				source.Notice(text)
			}
		case "slow":
			slow.Store(true)
		case "danger": // in the background, when something was written to the named pipe
			go func() {
				os.ReadFile(words[1])
				level.Store("[blind]")
				source.Refresh()
			}()
		case "sh":
			cmd := exec.Command("sh", "-c", words[1])
			cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
			if err := cmd.Run(); err != nil {
				fmt.Println(err)
			}
		default:
			fmt.Printf("run %q\n", words)
		}
		return nil
	}
	return shell.Run(context.Background())
}

// fixedCompletion completes commands, and the arguments of some of them.
func fixedCompletion(text string) Completion {
	start := strings.LastIndex(text, " ") + 1
	if open := strings.LastIndex(text, " \""); open >= 0 && strings.Count(text, "\"")%2 == 1 {
		start = open + 1
	}
	command, _, _ := strings.Cut(text, " ")
	found := Completion{Start: start, Usage: usages[command]}
	candidates := commandSuggestions
	switch {
	case start == 0:
	case command == "zk_ls":
		candidates = paths(text[start:])
	default:
		candidates = argumentSuggestions[command]
	}
	for _, s := range candidates {
		if len(s.Text) >= len(text)-start && strings.EqualFold(s.Text[:len(text)-start], text[start:]) {
			found.Suggestions = append(found.Suggestions, s)
		}
	}
	return found
}

var (
	usages = map[string]string{
		"ls":     "[-a|-all] [-d|--detailed] [-j|--json] [-o|--output file_name] [-s|--status all|available|creating|dropping|dropped]",
		"nodes":  "[-d|--detailed] [-o|--output file_name]",
		"表":      "[格]",
		"remote": "<一个很长的用法说明，用来测试窗口边缘的截断是否正确而不会换行>",
	}
	commandSuggestions = []Suggestion{
		{"app", "show one table"},
		{"ls", "list tables"},
		{"many", "has many values"},
		{"nodes", "list nodes"},
		{"set_meta_level", "set the level of the meta server, on which it depends what the cluster still does by itself"},
		{"server_info", "show what servers say of themselves"},
		{"server_stat", "show what servers count"},
		{"zk_ls", "list znodes"},
	}
	argumentSuggestions = map[string][]Suggestion{
		"app":            {{"temp", "id 1"}, {`"my table"`, "id 2"}, {`"my other table"`, "id 3"}, {"表格", "id 4"}},
		"ls":             {{"-a", "all tables"}, {"-d", "more columns"}, {"-o", "into a file"}, {"--status=", ""}},
		"set_meta_level": {{"steady", ""}, {"blind", ""}},
		"many": func() (all []Suggestion) {
			for i := range 20 {
				all = append(all, Suggestion{fmt.Sprintf("value%02d", i), fmt.Sprintf("the number %d", i)})
			}
			return all
		}(),
	}
)

// paths are those of a tree, as deep as the word goes.
func paths(word string) []Suggestion {
	switch strings.Count(word, "/") {
	case 0:
		return []Suggestion{{"new/", "the new ZooKeeper"}, {"old/", "the old ZooKeeper"}}
	case 1:
		return []Suggestion{{"old/pegasus/", "2 children"}, {"old/zookeeper/", "1 child"}}
	}
	return []Suggestion{{"old/pegasus/apps", ""}, {"old/pegasus/lock", ""}}
}
