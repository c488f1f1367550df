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

	"pegashell/internal/suggestion"
	"pegashell/internal/test/screentest"
	"pegashell/repl/lineedit"
)

// asPrompt makes the test binary a shell with a prompt whose completions never change, for golden
// screens.
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
	var level atomic.Value // the warning in the prompt
	level.Store("")
	var slow, silent, broken atomic.Bool
	var source Source
	prompt := func() lineedit.Prompt {
		if broken.Load() {
			panic("on purpose in the prompt")
		}
		if danger := level.Load().(string); danger != "" {
			return lineedit.Prompt{Text: "onebox " + danger + " >>> ", Danger: danger}
		}
		return lineedit.Prompt{Text: "onebox >>> "}
	}
	late := answersThatComeLate{refresh: func() { source.Refresh() }, asked: map[string]chan struct{}{}}
	complete := func(patience context.Context, text string) suggestion.Completion {
		switch {
		case silent.Load():
			<-patience.Done()
			return suggestion.Completion{Start: len(text)}
		case slow.Load() && !late.known(patience, text):
			return suggestion.Completion{Start: len(text)}
		case text == "panic now":
			panic("on purpose in the completion")
		}
		return fixedCompletion(text)
	}
	var err error
	source, err = Open(os.Stdin, os.Stdout, os.Stderr, Options{
		Prompt: prompt, Complete: complete, Color: os.Getenv("NO_COLOR") == "", History: os.Getenv(asPrompt + "_HISTORY"),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return ExitUsage
	}
	defer source.Close()
	if e, ok := source.(*edited); ok {
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
		case "silent":
			silent.Store(true)
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

// answersThatComeLate are known some time after they were asked for.
type answersThatComeLate struct {
	refresh func()
	asked   map[string]chan struct{} // by text; closed when the answer is there
}

func (a *answersThatComeLate) known(patience context.Context, text string) bool {
	there, ok := a.asked[text]
	if !ok {
		there = make(chan struct{})
		a.asked[text] = there
		time.AfterFunc(100*time.Millisecond, func() {
			close(there)
			a.refresh()
		})
	}
	select {
	case <-there:
		return true
	case <-patience.Done():
		return false
	}
}

// fixedCompletion completes commands, and the arguments of some of them.
func fixedCompletion(text string) suggestion.Completion {
	start := strings.LastIndex(text, " ") + 1
	if open := strings.LastIndex(text, " \""); open >= 0 && strings.Count(text, "\"")%2 == 1 {
		start = open + 1
	}
	command, _, _ := strings.Cut(text, " ")
	found := suggestion.Completion{Start: start, Usage: usages[command], Careful: command == "over" || command == "drop"}
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
	commandSuggestions = []suggestion.Suggestion{
		{Text: "app", Description: "show one table"},
		{Text: "ls", Description: "list tables"},
		{Text: "many", Description: "has many values"},
		{Text: "nodes", Description: "list nodes"},
		{Text: "set_meta_level", Description: "set the level of the meta server, on which it depends what the cluster still does by itself"},
		{Text: "server_info", Description: "show what servers say of themselves"},
		{Text: "server_stat", Description: "show what servers count"},
		{Text: "zk_ls", Description: "list znodes"},
	}
	argumentSuggestions = map[string][]suggestion.Suggestion{
		"app":            {{Text: "temp", Description: "id 1"}, {Text: `"my table"`, Description: "id 2"}, {Text: `"my other table"`, Description: "id 3"}, {Text: "表格", Description: "id 4"}},
		"over":           {{Text: "out.txt"}},
		"drop":           {{Text: "first"}, {Text: "second"}, {Text: "third"}},
		"ls":             {{Text: "-a", Description: "all tables"}, {Text: "-d", Description: "more columns"}, {Text: "-o", Description: "into a file"}, {Text: "--status="}},
		"set_meta_level": {{Text: "steady"}, {Text: "blind"}},
		"many": func() (all []suggestion.Suggestion) {
			for i := range 20 {
				all = append(all, suggestion.Suggestion{Text: fmt.Sprintf("value%02d", i), Description: fmt.Sprintf("the number %d", i)})
			}
			return all
		}(),
	}
)

// paths are those of a tree, as deep as the word goes.
func paths(word string) []suggestion.Suggestion {
	switch strings.Count(word, "/") {
	case 0:
		return []suggestion.Suggestion{{Text: "new/", Description: "the new ZooKeeper"}, {Text: "old/", Description: "the old ZooKeeper"}}
	case 1:
		return []suggestion.Suggestion{{Text: "old/pegasus/", Description: "2 children"}, {Text: "old/zookeeper/", Description: "1 child"}}
	}
	return []suggestion.Suggestion{{Text: "old/pegasus/apps"}, {Text: "old/pegasus/lock"}}
}
