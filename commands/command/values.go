package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// Number is a whole number whose errors have the original's text, in which what names the option.
func Number(p *int32, what string) pflag.Value { return &numberValue{p, what} }

type numberValue struct {
	p    *int32
	what string
}

func (v *numberValue) Set(s string) error {
	n, ok := ParseNumber(s)
	if !ok {
		return outcome.OriginalUse("parse %s as %s failed", s, v.what)
	}
	*v.p = n
	return nil
}

// blanks are what C skips before a number.
const blanks = " \t\n\v\f\r"

// ParseNumber reads a whole number as the original does (strtoll with base 0): blanks before it,
// hexadecimal after 0x, octal after 0.
func ParseNumber(s string) (int32, bool) {
	s = strings.TrimLeft(s, blanks)
	digits := strings.TrimLeft(s, "+-")
	if strings.ContainsAny(digits, "_bBoO") && !strings.HasPrefix(strings.ToLower(digits), "0x") || strings.Contains(s, "_") {
		return 0, false // forms of Go that C does not know
	}
	n, err := strconv.ParseInt(s, 0, 32)
	return int32(n), err == nil
}

func (v *numberValue) String() string { return strconv.Itoa(int(*v.p)) }

func (v *numberValue) Type() string { return "int32" }

// ServerValue is a server, whose errors have the original's text, in which what names the option.
type ServerValue struct {
	P    *string
	What string
}

func (v *ServerValue) Set(s string) error {
	if err := metaadmin.CheckServer(s); err != nil {
		return outcome.Misuse(fmt.Sprintf("parse %s as %s failed\n", s, v.What), OctalNote(err))
	}
	*v.P = s
	return nil
}

// OctalNote explains why a server's name is refused that the original would read as another port;
// it is empty for other errors, where the original's text says enough.
func OctalNote(err error) message.Text {
	if errors.Is(err, metaadmin.ErrLeadingZero) {
		return message.New("%v", err)
	}
	return message.Text{}
}

func (v *ServerValue) String() string { return *v.P }

func (v *ServerValue) Type() string { return "server" }

// GpidValue is a partition, APP_ID.INDEX, or a whole table, APP_ID, where that is allowed; then its
// index is -1. The numbers are read as the original reads them (sscanf with %d.%d): decimal, with
// blanks and a sign before each. Text after them, which the original ignores, is refused: it is a
// typing error, and another partition could be meant.
type GpidValue struct {
	P     *wire.GPID
	Table bool
	// wording is the original's error text, with %s for the value.
	Wording string
}

func (v *GpidValue) Set(s string) error {
	app, index, dotted := strings.Cut(s, ".")
	id, err := parseDecimal(app)
	pid := wire.GPID{AppID: id, Index: -1}
	if dotted && err == nil {
		pid.Index, err = parseDecimal(index)
	}
	// A leader looks for a partition below 0 outside its table of partitions.
	if err != nil || dotted && pid.Index < 0 || !dotted && !v.Table {
		return outcome.OriginalUse(v.Wording, s)
	}
	*v.P = pid
	return nil
}

// parseDecimal reads a number as C's %d does.
func parseDecimal(s string) (int32, error) {
	n, err := strconv.ParseInt(strings.TrimLeft(s, blanks), 10, 32)
	return int32(n), err
}

func (v *GpidValue) String() string {
	if v.P.AppID < 0 {
		return ""
	}
	return v.P.String()
}

func (v *GpidValue) Type() string { return "gpid" }
