package script

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// view is what is compared of a segment.
type view struct {
	Src, Dst netip.AddrPort
	Seq, Ack tcp.Seq
	Flags    tcp.Flags
	Window   uint16
	Options  tcp.Options
	Payload  []byte
}

// compare prepares a wanted segment and one that was sent for comparison: what
// does not count is made the same.
func (s *Script) compare(want, got *tcp.Segment) (w, g view) {
	w, g = s.viewOf(want), s.viewOf(got)
	if !w.Src.IsValid() {
		w.Src = s.you
	}
	if !w.Dst.IsValid() {
		w.Dst = s.peer
	}
	if !want.Flags.Has(tcp.PSH) {
		g.Flags &^= tcp.PSH
	}
	if !want.Flags.Has(tcp.ACK) {
		w.Ack = 0
	}
	if !got.Flags.Has(tcp.ACK) {
		g.Ack = 0
	}
	if want.Window == 0 {
		g.Window = 0
	}
	s.shown.options = s.shown.options || want.Options.String() != ""
	g.Options = named(&want.Options, &got.Options)
	if optionsMatch(&want.Options, &got.Options) {
		g.Options = w.Options
	}
	return w, g
}

// named returns those of got's options that want names: no other is compared, or shown
// where they differ.
func named(want, got *tcp.Options) (o tcp.Options) {
	if want.MSS != 0 {
		o.MSS = got.MSS
	}
	if want.HasWindowScale {
		o.HasWindowScale, o.WindowScale = got.HasWindowScale, got.WindowScale
	}
	if want.HasTimestamps && got.HasTimestamps {
		o.HasTimestamps = true
		if want.TSval != 0 {
			o.TSval = got.TSval
		}
		if want.TSecr != 0 {
			o.TSecr = got.TSecr
		}
	}
	return o
}

func (s *Script) viewOf(seg *tcp.Segment) view {
	return view{
		Src: seg.Src, Dst: seg.Dst, Seq: seg.Seq, Ack: seg.Ack, Flags: seg.Flags,
		Window: seg.Window, Options: seg.Options, Payload: seg.Payload,
	}
}

// matches reports whether got is what want asks for.
func (s *Script) matches(want, got *tcp.Segment) bool {
	w, g := s.compare(want, got)
	return cmp.Equal(w, g, viewOptions)
}

// optionsMatch reports whether got has the options that want names.
func optionsMatch(want, got *tcp.Options) bool {
	return (want.MSS == 0 || want.MSS == got.MSS) &&
		(!want.HasWindowScale || got.HasWindowScale && want.WindowScale == got.WindowScale) &&
		(!want.HasTimestamps || got.HasTimestamps &&
			(want.TSval == 0 || want.TSval == got.TSval) && (want.TSecr == 0 || want.TSecr == got.TSecr))
}

// viewOptions make go-cmp see addresses and options as the values they are.
var viewOptions = cmp.Options{
	cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	cmp.Comparer(func(a, b tcp.Options) bool { return a.Equal(b) }),
	cmp.Comparer(bytes.Equal),
}

// diff shows where got differs from want, a line for each field that does, and
// the fields beside them for orientation.
func (s *Script) diff(want, got *tcp.Segment) []string {
	w, g := s.compare(want, got)
	d := differences{script: s}
	cmp.Equal(w, g, viewOptions, cmp.Reporter(&d))
	return append([]string{"segment (-want +got):"}, d.lines...)
}

// differences collects what go-cmp finds, field by field.
type differences struct {
	script *Script
	path   cmp.Path
	lines  []string
}

// PushStep, Report and PopStep are what go-cmp calls on its way.
func (d *differences) PushStep(step cmp.PathStep) { d.path = append(d.path, step) }

// PopStep undoes the last PushStep.
func (d *differences) PopStep() { d.path = d.path[:len(d.path)-1] }

// Report is told whether the field that the path leads to is the same.
func (d *differences) Report(result cmp.Result) {
	field, ok := d.path.Last().(cmp.StructField)
	if !ok {
		return
	}
	wantValue, gotValue := field.Values()
	want, got := d.show(field.Name(), wantValue.Interface()), d.show(field.Name(), gotValue.Interface())
	switch {
	case !result.Equal():
		if field.Name() == "Payload" {
			want, got = differentTexts(wantValue.Bytes(), gotValue.Bytes())
		}
		d.add("-", field.Name(), want)
		d.add("+", field.Name(), got)
	case field.Name() == "Seq", field.Name() == "Ack", field.Name() == "Flags":
		d.add(" ", field.Name(), want)
	}
}

func (d *differences) add(mark, name, value string) {
	d.lines = append(d.lines, fmt.Sprintf("%s  %-8s %s", mark, name+":", value))
}

// show writes a field's value: a number with its distance from the initial one.
func (d *differences) show(name string, value any) string {
	switch v := value.(type) {
	case tcp.Seq:
		if name == "Ack" {
			if v == 0 && !v.InWindow(d.script.irs, 1<<16) {
				return workbook.Say("none") // the segment carries no ACK: no distance from irs to tell
			}
			return fmt.Sprintf("%-10d  (%s)", v, ladder.Offset("irs", d.script.irs, v))
		}
		return fmt.Sprintf("%-10d  (%s)", v, ladder.Offset("iss", d.script.iss, v))
	case tcp.Options:
		if v.String() == "" {
			return workbook.Say("none")
		}
		return "{" + v.String() + "}"
	case []byte:
		return abbreviate(string(v))
	}
	return written(value)
}

// written writes a value of any type: an address and a port as lists of sockets do.
func written(value any) string {
	if end, ok := value.(netip.AddrPort); ok {
		return tcp.Endpoint(end)
	}
	if value == untilNever {
		return "stopped"
	}
	return fmt.Sprint(value)
}

// untilNever is the time until a timer that is stopped, as time.Time.Sub tells it.
const untilNever = time.Duration(math.MinInt64)

// differentTexts shows two texts that differ near the place where they do.
func differentTexts(want, got []byte) (string, string) {
	same := 0
	for same < len(want) && same < len(got) && want[same] == got[same] {
		same++
	}
	from := 0
	if same > 12 {
		from = same - 8
	}
	show := func(p []byte) string {
		text := abbreviate(string(p[min(from, len(p)):]))
		if from > 0 {
			text = fmt.Sprintf("%s from byte %d on", text, from)
		}
		return fmt.Sprintf("%s, %d bytes in all", text, len(p))
	}
	return show(want), show(got)
}

// textDiff says that text read or sent is not what it should be.
func textDiff(what, want, got string) []string {
	w, g := differentTexts([]byte(want), []byte(got))
	return []string{what + " (-want +got):", "-  " + w, "+  " + g}
}

// abbreviate quotes a text of the test's, or the beginning of a long one, as you are sent it.
func abbreviate(text string) string {
	const most = 24
	text = Text(text)
	if len(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	if strings.Count(text, text[:1]) == len(text) {
		return fmt.Sprintf("%d × %q", len(text), text[:1])
	}
	return fmt.Sprintf("%q…", text[:most-4])
}
