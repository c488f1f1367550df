package repl

// Suggestion is one way to complete the word before the cursor.
type Suggestion struct {
	// Text takes the word's place, quoted where that is needed. After a choice a blank follows, unless the
	// text ends with / or =, behind which the word goes on.
	Text string
	// Description says what it is, in one line; may be empty.
	Description string
}

// Completion is what can be said about the text before the cursor.
type Completion struct {
	// Start is the byte at which the word begins that a suggestion replaces, 0 to the text's length.
	Start       int
	Suggestions []Suggestion
	// Usage is that of the command on the line, as far as it is still to be typed, for the hint behind the
	// cursor; empty for none.
	Usage string
}

// worthShowing says whether the suggestions tell more than what is typed.
func (c Completion) worthShowing(text string) bool {
	return len(c.Suggestions) > 1 || len(c.Suggestions) == 1 && c.Suggestions[0].Text != text[c.Start:]
}

// Prompt is what stands in front of the line that is typed.
type Prompt struct {
	// Text is the whole of it, with the blank at its end.
	Text string
	// Danger is the part of Text that warns, empty for none. It is coloured where there are colours.
	Danger string
}
