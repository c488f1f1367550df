package lineedit

// maxKills is how many killed texts are kept.
const maxKills = 10

// kills are the texts that were killed, the last one at the end, to be yanked.
type kills struct {
	texts []string
	at    int // the one that was yanked last
}

// add keeps a text that was killed: behind what was killed just before, in front of that, or as a new one.
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

// killing is how a killed text belongs to the one killed before.
type killing int

const (
	killedAnew     killing = iota
	killedForward          // it stood behind that
	killedBackward         // it stood in front of that
)

// yank gives the text killed last; earlier then gives the ones before, from the newest to the oldest and again.
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
