package command

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// Number is a whole number whose errors are worded as the original words them: what names the option there.
func Number(p *int32, what string) pflag.Value { return &numberValue{p, what} }

type numberValue struct {
	p    *int32
	what string
}

func (v *numberValue) Set(s string) error {
	n, ok := ParseNumber(s)
	if !ok {
		return outcome.WrongUse("parse %s as %s failed", s, v.what)
	}
	*v.p = n
	return nil
}

// ParseNumber reads a whole number as the original does (strtoll with base 0): blanks before it, hexadecimal
// behind 0x, octal behind 0.
func ParseNumber(s string) (int32, bool) {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	digits := strings.TrimLeft(s, "+-")
	if strings.ContainsAny(digits, "_bBoO") && !strings.HasPrefix(strings.ToLower(digits), "0x") || strings.Contains(s, "_") {
		return 0, false // forms of Go's that C does not know
	}
	n, err := strconv.ParseInt(s, 0, 32)
	return int32(n), err == nil
}

func (v *numberValue) String() string { return strconv.Itoa(int(*v.p)) }

func (v *numberValue) Type() string { return "int32" }

// ServerValue is a server, whose errors are worded as the original words them: what names the option there.
type ServerValue struct {
	P    *string
	What string
}

func (v *ServerValue) Set(s string) error {
	if err := metaadmin.CheckServer(s); err != nil {
		return outcome.WrongUse("parse %s as %s failed", s, v.What)
	}
	*v.P = s
	return nil
}

func (v *ServerValue) String() string { return *v.P }

func (v *ServerValue) Type() string { return "server" }

// GpidValue is a partition, APP_ID.INDEX, or a whole table, APP_ID, where that is allowed; then its index is -1.
type GpidValue struct {
	P     *wire.GPID
	Table bool
	// wording is the original's error text, with %s for the value.
	Wording string
}

func (v *GpidValue) Set(s string) error {
	app, index, dotted := strings.Cut(s, ".")
	id, err := strconv.ParseUint(app, 10, 31)
	pid := wire.GPID{AppID: int32(id), Index: -1}
	if dotted && err == nil {
		var n uint64
		n, err = strconv.ParseUint(index, 10, 31)
		pid.Index = int32(n)
	}
	if err != nil || !dotted && !v.Table {
		return outcome.WrongUse(v.Wording, s)
	}
	*v.P = pid
	return nil
}

func (v *GpidValue) String() string {
	if v.P.AppID < 0 {
		return ""
	}
	return v.P.String()
}

func (v *GpidValue) Type() string { return "gpid" }
