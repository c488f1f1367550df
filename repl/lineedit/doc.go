// Package lineedit edits the line while it is typed: keys, cursor, history search, completion menu,
// hint, drawing. It knows lines of text, and not what a command is. Package repl, which carries the
// lines out, is its only user.
//
// # Where to look
//
//   - add or change a key binding: bindings.go; what a terminal sends for a key: keys.go
//   - words and characters around the cursor: buffer.go; killed texts: kills.go; undo: undo.go
//   - walk through the history: browse.go; search in it: search.go
//   - when completions are asked for, and what Tab does: suggesting.go; how the menu looks: menu.go
//   - the prompt, the hint, and how a line is laid out in the window: prompt.go, layout.go
//   - how the window is drawn: screen.go; texts that appear above the line: notices.go
//   - reading the terminal: keyboard.go, above input.go, which also reads lines from pipes
//   - lines that continue others: continued.go; pastes, and lines that wait: paste.go; questions: answer.go; Ctrl-Z: suspend.go; how all of these work together: editor.go
//
// # What go-prompt does for us, and what it does not
//
// github.com/c-bata/go-prompt holds the text with its cursor (prompt.Buffer, prompt.Document) and
// runs the loop of a line (prompt.Prompt.Input): it reads an event, has it handled, asks for
// completions, has the line drawn. Its own keyboard, keys, menu, history and renderer are not used,
// for the reasons that follow. What it calls of ours are keyboard (its ConsoleParser), screen (its
// ConsoleWriter) and three functions: handle, remember, and one that reports whether the line is
// done.
//
// Keys. go-prompt compares all that one read returned with a table of sequences, so two keys that
// arrive together, or one that a slow line splits, are text to it. Here cutKey parses the bytes of
// the terminal, keyOf names the keys as emacs does (C-a, M-f), and bindings says what they do.
// go-prompt sees a single key, F24, for whatever happens (eventKey): no terminal sends the sequence
// that it has in its table for that key, and if one did it would be an unknown key to keyOf.
// Nothing can be bound to it, and go-prompt's own bindings never act.
//
// Keys that no terminal sends. A terminal sends bytes, not keys: there is no Ctrl-Shift-a, no
// Shift-Enter or Ctrl-Enter, no Ctrl with digits or most signs, no key release. Some keys are the
// same byte: Ctrl-I is Tab, Ctrl-M and Ctrl-J are Enter, Ctrl-[ is Escape, Ctrl-H is Backspace. Alt
// is Escape and then the key. Only waiting shows whether Escape is a key or the beginning of a
// sequence (tornKey). Arrows, Home, End and their like differ between terminals: keys.go lists the
// sequences of xterm, rxvt, the Linux console, tmux and screen. A sequence that is not in the list
// is read to its end and does nothing.
//
// Drawing. Each time that go-prompt flushes its output (ConsoleWriter.Flush) that output is dropped
// and the editor draws the line itself: go-prompt cannot draw lines higher than the window, wide
// characters at its edge, a hint, or suggestions for anything but the last word. Only the rows that
// changed are written, in one write.
//
// Completions. go-prompt gets none, so that it never selects one. The editor calls Options.Complete
// before each drawing, with a short time limit, and for the Tab key, with a longer one; it is
// called in the goroutine of Next and has to return in time. What becomes known later is shown
// after Refresh.
//
// Pastes. go-prompt does not know of them. The terminal is asked to mark a paste (bracketed paste);
// in it no byte acts as a key, a line end neither: the lines wait together, with a lineBreak between
// two, until Enter is typed (paste.go). Without marks, what has arrived after Enter is kept for the
// next line.
//
// Raw mode and signals. prompt.Prompt.Run would catch signals and end the program; Input, which is
// used here, catches none. The terminal is raw only while a line is typed: Ctrl-C, Ctrl-Z and
// Ctrl-\ are bytes then, Ctrl-S and Ctrl-Q too. Between two lines the terminal has its own
// settings, and these keys send signals to the program that uses it. keyboard restores the
// settings, after a panic as well; go-prompt's own parser does not restore them as they were.
// SIGWINCH and SIGCONT are caught here (suspend.go), all others by repl.
//
// Waiting. go-prompt looks for input a hundred times a second. Therefore flush returns only when
// the keyboard has something, and an idle prompt uses no processor time. Whatever must wake it goes
// through keyboard.happened.
package lineedit
