package cluster

import (
	"fmt"
	"strings"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// errTableName is what the original's client returns for names that it does not send.
func errTableName(rpc string) error {
	return &metaadmin.Error{Code: wire.ErrInvalidParameters, RPC: rpc, Hint: "Invalid name. Only 0-9a-zA-Z.:_ are valid!"}
}

// validTableName says what names the original accepts.
func validTableName(name string) bool {
	if name == "" {
		return false
	}
	for _, c := range []byte(name) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("_.:", c) >= 0) {
			return false
		}
	}
	return true
}

// escape shows a name as the original does between double quotes.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\x%02X", c)
		}
	}
	return b.String()
}
