package lineedit

// maxKills is how many killed texts are kept.
const maxKills = 10

// kills are the texts that were killed, the last one at the end, to be yanked.
type kills struct {
	texts []string
	at    int // the one that was yanked last
}

// add keeps a text that was killed: appended to what was killed just before, prepended to it, or as
// a new entry.
func (k *kills) add(text string, how killing) {
	if text == "" {
		return
	}
	n := len(k.texts)
	switch {
	case how == killedAnew || n == 0:
		k.texts = append(k.texts[max(0, n+1-maxKills):], text)
	case how == killedForward:
		k.texts[n-1] += text
	case how == killedBackward:
		k.texts[n-1] = text + k.texts[n-1]
	}
	k.at = len(k.texts) - 1
}

// killing says how a killed text is related to the one killed before.
type killing int

const (
	killedAnew     killing = iota
	killedForward          // it was after that text
	killedBackward         // it was before that text
)

// yank returns the text killed last; earlier then returns the ones before, from the newest to the
// oldest and again.
func (k *kills) yank() string {
	if len(k.texts) == 0 {
		return ""
	}
	k.at = len(k.texts) - 1
	return k.texts[k.at]
}

func (k *kills) earlier() string {
	k.at = (k.at - 1 + len(k.texts)) % len(k.texts)
	return k.texts[k.at]
}
