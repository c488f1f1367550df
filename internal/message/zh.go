package message

// zh are the texts in simplified Chinese by their English formats. Arguments that change places are
// numbered, as in %[2]s.
var zh = map[string]string{}
