package session

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"

	"pegashell/internal/message"
)

// digestURI is the service that ZooKeeper's servers log in for (ZooKeeper: SaslServerPrincipal,
// ZooKeeperSaslServer).
const digestURI = "zookeeper/zk-sasl-md5"

// digestLogin is a login by DIGEST-MD5 (RFC 2831), with authentication alone (qop=auth).
type digestLogin struct {
	user     string
	password []byte
	cnonce   string // another one for each login
	expected string // what the server proves itself with; "" before the answer was sent
}

func newDigestLogin(user string, password []byte) *digestLogin {
	return &digestLogin{user: user, password: password, cnonce: rand.Text()}
}

func (l *digestLogin) first() []byte { return nil }

func (l *digestLogin) next(challenge []byte) ([]byte, bool, error) {
	if len(challenge) == 0 {
		return nil, false, errNoSASL
	}
	said, err := parseDirectives(string(challenge))
	if err != nil {
		return nil, false, fmt.Errorf("SASL: the server's challenge: %w", err)
	}
	if l.expected != "" {
		if subtle.ConstantTimeCompare([]byte(said["rspauth"]), []byte(l.expected)) != 1 {
			return nil, false, message.Errorf("the server does not prove that it knows the password")
		}
		return nil, true, nil
	}
	switch {
	case said["nonce"] == "" || said["algorithm"] != "md5-sess":
		return nil, false, message.Errorf("the server's challenge is not one of DIGEST-MD5")
	case said["qop"] != "" && !hasWord(said["qop"], "auth"):
		return nil, false, message.Errorf("the server requires a protection of data by SASL (qop %s) that this program does not have", said["qop"])
	}
	return l.answer(said), false, nil
}

func hasWord(list, word string) bool {
	for each := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(each) == word {
			return true
		}
	}
	return false
}

// answer computes the response to a challenge.
func (l *digestLogin) answer(said map[string]string) []byte {
	const count = "00000001"
	text := inCharset
	if said["charset"] != "utf-8" {
		text = func(s string) string { return s }
	}
	secret := md5.Sum([]byte(text(l.user) + ":" + text(said["realm"]) + ":" + text(string(l.password))))
	a1 := hexMD5(string(secret[:]) + ":" + said["nonce"] + ":" + l.cnonce)
	sign := func(method string) string {
		return hexMD5(strings.Join([]string{a1, said["nonce"], count, l.cnonce, "auth", hexMD5(method + ":" + digestURI)}, ":"))
	}
	l.expected = sign("")
	var b strings.Builder
	if said["charset"] == "utf-8" {
		b.WriteString("charset=utf-8,")
	}
	fmt.Fprintf(&b, "username=%s,realm=%s,nonce=%s,nc=%s,cnonce=%s,digest-uri=%s,maxbuf=65536,response=%s,qop=auth",
		quote(l.user), quote(said["realm"]), quote(said["nonce"]), count, quote(l.cnonce), quote(digestURI), sign("AUTHENTICATE"))
	return []byte(b.String())
}

func hexMD5(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// inCharset returns a text as it is hashed where the charset is utf-8: in ISO 8859-1 if it has all its
// characters (RFC 2831, 2.1.2.1).
func inCharset(text string) string {
	var latin []byte
	for _, r := range text {
		if r > 0xff {
			return text
		}
		latin = append(latin, byte(r))
	}
	return string(latin)
}

func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// parseDirectives reads NAME=VALUE,NAME="VALUE",... Of a name that occurs twice, as realm may, the first
// value counts.
func parseDirectives(text string) (map[string]string, error) {
	found := map[string]string{}
	for rest := strings.TrimLeft(text, ", \t"); rest != ""; rest = strings.TrimLeft(rest, ", \t") {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return nil, fmt.Errorf("%w: a directive without a value", errMalformed)
		}
		value, left, err := cutValue(after)
		if err != nil {
			return nil, err
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := found[name]; !twice {
			found[name] = value
		}
		rest = left
	}
	return found, nil
}

// cutValue cuts a value, with quotes or without, from a text.
func cutValue(text string) (value, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, ",")
		return strings.TrimSpace(value), rest, nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], nil
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("%w: a value without its closing quote", errMalformed)
}
