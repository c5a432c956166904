package story

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseAndString(t *testing.T) {
	for from, want := range map[string]string{
		"":                                     "1",
		"1":                                    "1",
		"step":                                 "1;step",
		"#1;plain;isn.A.100;step.3@14":         "1;plain;isn.A.100;step.3@14",
		"1;step;~AbC_":                         "1;step~AbC_",
		"1;step@7~AbC_":                        "1;step@7~AbC_",
		"1\nlisten.B.80\r\n\n connect.A.0.80 ": "1;listen.B.80;connect.A.0.80",
		"1;listen.B.080.8;":                    "1;listen.B.80.8",
		"1%3Bstep.3":                           "1;step.3",
		"#5.1=1;step@7":                        "5.1=1;step@7",
		"P1%3D1;step":                          "P1=1;step",
		"=step":                                "1;step",
		"edit.6.flags.ack+rst.seq.301":         "1;edit.6.flags.rst+ack.seq.301",
		"edit.6.flags.none":                    "1;edit.6.flags.none",
		"inject.B.flags.rst.seq.301":           "1;inject.B.flags.rst.seq.301",
		"without.A.5;with;mine.B.1.2;reboot.A": "1;without.A.5;with;mine.B.1.2;reboot.A",
		"weather.A.loss.20.seed.7;weather.delay.50": "1;weather.A.loss.20.seed.7;weather.delay.50",
		"isn.7;isn.B;buffer.A.1000.2000;skip":       "1;isn.7;isn.B;buffer.A.1000.2000;skip",
	} {
		s, err := Parse(from)
		require.NoError(t, err, from)
		assert.Equal(t, want, s.String(), from)
		again, err := Parse(s.Lines())
		require.NoError(t, err)
		assert.Equal(t, s, again, "by lines")
	}
}

// What cannot be read is named, and what stands before it plays.
func TestParseErrors(t *testing.T) {
	for from, says := range map[string]string{
		"step;jump;step":                     `there is no verb "jump"`,
		"step;listen.80":                     "listen wants a host, A or B: listen.A",
		"step;listen.C.80":                   "listen wants a host, A or B: listen.A",
		"step;listen.B":                      "listen wants a number more: port, 1 to 65535",
		"step;listen.B.0":                    "port is 0, not 1 to 65535",
		"step;listen.B.-1":                   "listen wants a number more: port, 1 to 65535",
		"step;listen.B.99999999999999999999": "port is 99999999999999999999, not 1 to 65535",
		"step;listen.B.80.8.9":               `"9" is not expected here`,
		"step;step.0":                        "times is 0, not 1 to 1000",
		"step;edit.1.seq":                    "seq has no value",
		"step;edit.1.seq.x":                  "number",
		"step;edit.1.flags.fin+fun":          "flags are written as in rst+ack",
		"step;edit.1.port.80":                `"port" is not expected here`,
		"step;without.A.6":                   "chapter is 6, not 1 to 5",
		"step;step@x":                        `"@x" names no row`,
		"step;step~!":                        "is no digest",
		"step;Step":                          `there is no verb "Step"`,
		"step;.":                             `there is no verb ""`,
		"step;5.1=1":                         `there is no verb "5"`,
	} {
		s, err := Parse(from)
		var at *Error
		require.True(t, errors.As(err, &at), from)
		if !strings.Contains(says, "number") || strings.Contains(says, "wants") {
			assert.Contains(t, at.Says, says, from)
		}
		require.NotEmpty(t, s.Actions, from)
		assert.Equal(t, "step", s.Actions[0].String(), from)
	}
	_, err := Parse("2;step")
	assert.ErrorContains(t, err, "version 2")
	_, err = Parse(strings.Repeat("step;", mostActions+1))
	assert.ErrorContains(t, err, "at most 2000 actions")
	_, err = Parse(strings.Repeat(";", mostText+1))
	assert.ErrorContains(t, err, "longer than")
}
