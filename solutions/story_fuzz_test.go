package solutions_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/solutions/internal/stories"
)

// Whatever a text says, it plays to its end or to a bound, the same each time, and there
// is something to see after each row.
func FuzzStory(f *testing.F) {
	for _, s := range scenario.All("") {
		for _, o := range stories.Texts(s) {
			f.Add(strings.TrimPrefix(o.Text, "1;"))
		}
	}
	f.Add("listen.B.80.1;inject.B.flags.syn.to.80.strangers.200;skip;skip;reboot.B;plug;step.9")
	f.Add("weather.jitter.900.loss.20.dup.20.damage.20.reorder.30.seed.9;listen.B.80;connect.A.0.80;step.9;write.A.60000;wait.60000;read.B;close.A;wait.99999")
	f.Add("mtu.68;buffer.1;listen.B.80;connect.A.0.80;step.3;write.A.100;wait.9999;accept.B;read.B;read.B;halfclose.B;abort.A")
	f.Add("listen.B.80;connect.A.1.80;hold.1;dup.1;dup.2.5;edit.1.flags.syn+ack+rst.len.1400;now.1;slow.2.5;step.9;unplug;step")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		p := stories.Perform(text)
		if p.Error != nil && strings.HasPrefix(p.Error.Says, "panic") {
			t.Fatalf("%q: %s", text, p.Error.Says)
		}
		if p.OK == (p.Error != nil) {
			t.Fatalf("%q: OK is %v, and the error %v", text, p.OK, p.Error)
		}
		first, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(stories.Perform(text))
		if string(first) != string(again) {
			t.Fatalf("%q plays another story the second time:\n%s\n%s", text, first, again)
		}
		for row := -1; row < len(p.Rows); row += 1 + len(p.Rows)/7 {
			if _, err := json.Marshal(p.View(row)); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Text(io.Discard); err != nil {
			t.Fatal(err)
		}
		if err := p.SVG(io.Discard); err != nil {
			t.Fatal(err)
		}
		inOrder(t, text, p)
	})
}

// inOrder checks what is always true of rows.
func inOrder(t *testing.T, text string, p *story.Play) {
	t.Helper()
	var at int64
	for i, r := range p.Rows {
		switch {
		case r.N != i || r.At < at:
			t.Fatalf("%q: row %d is number %d, at %d after %d", text, i, r.N, r.At, at)
		case r.FromRow >= i || (r.Kind == story.Arrived) != (r.FromRow >= 0) && r.Kind != story.Lost:
			t.Fatalf("%q: row %d, %s, comes from row %d", text, i, r.Kind, r.FromRow)
		case r.States.A == "" || r.States.B == "":
			t.Fatalf("%q: row %d has no states", text, i)
		}
		at = r.At
	}
}
