// Package suggestion holds what a completion returns to a line editor. Whoever completes lines and
// whoever shows the completions share these types, so that neither needs to know the other.
package suggestion

// Suggestion is one way to complete a word.
type Suggestion struct {
	// Text replaces the word, from the completion's Start to the cursor. It is quoted where the
	// shell needs that. The word is complete then, unless the text ends with / or =: the word
	// continues after those.
	Text string
	// Description explains the text in one line; empty where the text says everything.
	Description string
}

// Completion is what is known about the text before the cursor.
type Completion struct {
	// Start is the byte at which the text that a suggestion replaces begins, 0 to the length of the
	// text before the cursor.
	Start       int
	Suggestions []Suggestion
	// Careful means that a suggestion is what a change would be lost in, such as a file that is there.
	// It is chosen by the user alone: Tab shows it first.
	Careful bool
	// Usage is what the usage of the command on the line has besides the words that were typed; empty
	// for nothing.
	Usage string
}
