package solutions_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
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
		playsWell(t, text)
	})
}

// Stories of actions that can be read, whatever they do to each other.
func TestRandomStories(t *testing.T) {
	many := 150
	if testing.Short() {
		many = 20
	}
	for seed := range uint64(many) {
		text := randomStory(rand.New(rand.NewPCG(seed, 0)))
		t.Run(fmt.Sprint(seed), func(t *testing.T) { playsWell(t, text) }) // -run 'TestRandomStories/7$'
	}
}

// randomStory is some twenty actions, on a connection as a rule.
func randomStory(r *rand.Rand) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	n := func(most int) string { return strconv.Itoa(1 + r.IntN(most)) }
	b := strings.Builder{}
	b.WriteString("1")
	for range r.IntN(4) {
		b.WriteString(";" + pick("plain", "isn.A.4294967290", "isn.B.2147483640", "without."+pick("A", "B")+"."+n(5), "msl.1000",
			"buffer."+n(3000), "mtu."+strconv.Itoa(68+r.IntN(1500)), "nagle.0", "timestamps.0", "rfc1337.0",
			"weather.loss."+n(40)+".dup."+n(40)+".reorder."+n(40)+".damage."+n(20)+".jitter."+n(500)+".seed."+n(99)))
	}
	if r.IntN(4) > 0 {
		b.WriteString(";listen.B.80." + n(4) + ";connect.A.50000.80;step.3")
	}
	for range 5 + r.IntN(20) {
		host := pick("A", "B")
		b.WriteString(";" + pick("listen."+host+".80", "connect."+host+".50000.80", "connect."+host+".0.80", "accept."+host,
			"write."+host+"."+n(5000), "read."+host, "halfclose."+host, "close."+host, "abort."+host, "close."+host+"."+n(4),
			"step", "step."+n(9), "wait."+n(3000), "wait."+n(500_000), "skip", "lose."+n(30), "dup."+n(30)+"."+n(3000), "slow."+n(30)+"."+n(3000),
			"now."+n(30), "hold."+n(30), "edit."+n(30)+".seq."+n(600), "edit."+n(30)+".flags."+pick("rst", "syn+ack", "fin+ack", "none"),
			"inject."+host+".flags."+pick("rst", "syn", "fin+ack", "ack")+".seq."+n(600)+".ack."+n(600)+".len."+n(100),
			"inject."+host+".flags.syn.to.80.strangers."+n(9), "reboot."+host, "unplug", "plug", "with", "without."+host+"."+n(5)))
	}
	return b.String()
}

// playsWell plays a text, twice, and looks at all that can be seen of it.
func playsWell(t *testing.T, text string) {
	t.Helper()
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
