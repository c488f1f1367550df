package command

// Field describes one value of a command's JSON.
type Field struct {
	// Path leads to the value: keys with points between them, [] for the elements of a list, such as
	// differences[].path.
	Path string
	// Type is what the value is.
	Type FieldType
	// Meaning is a short clause for people, without a full stop. It says when a value is null.
	Meaning string
}

// FieldType is the type of a value in JSON.
type FieldType string

// The types of values. Objects, and lists of objects, are described by their elements.
const (
	Text      FieldType = "text"
	Count     FieldType = "number"
	Fraction  FieldType = "number with a fraction"
	Truth     FieldType = "boolean"
	Texts     FieldType = "list of texts"
	Counts    FieldType = "list of numbers"
	Instant   FieldType = "time" // UTC, RFC 3339
	OrNull    FieldType = " or null"
	MaybeText FieldType = Text + OrNull
	MaybeSum  FieldType = Count + OrNull
)

// DeclareOwnJSON adds the flag for JSON to a command of the original that has none: its long name alone,
// so that no line of the original means something else.
func DeclareOwnJSON(flags *FlagSet) *bool {
	json := flags.Bool("json", false, "print JSON")
	flags.DeclareOwn("json")
	return json
}
