package ladder

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	"tcpworkbook/kit/tcp"
)

// The picture's measures, in pixels.
const (
	svgWidth   = 880
	svgTimeX   = 76  // where times end
	svgLeftX   = 220 // the left end's life line
	svgRightX  = 720 // the right end's
	svgBand    = 10  // how wide a life line is
	svgHead    = 56  // the height of the names above
	svgRung    = 52  // from one rung to the next
	svgEvent   = 30
	svgHeading = 40
	svgSlant   = 14 // how much later an arrow ends than it begins
	svgPurpose = 16 // what a segment is for, below its arrow
	svgFoot    = 24
)

// SVG draws the diagram as a picture that needs nothing else: the states are the
// colours of the two life lines, and it can be read on a light or a dark page.
// Time runs downwards, but not to scale. An arrow slants when its segment took
// time.
func (d *Diagram) SVG(w io.Writer) error {
	c := canvas{w: bufio.NewWriter(w), say: d.say, ends: make(map[int]int)}
	c.places(d)
	c.begin(d)
	for i := range d.Rungs {
		if d.Rungs[i].Kind == Heading {
			c.heading(&d.Rungs[i], c.at[i])
		}
	}
	c.lifeLine(d, svgLeftX, Left)
	c.lifeLine(d, svgRightX, Right)
	for i := range d.Rungs {
		if isSlow(&d.Rungs[i]) { // behind what it crosses
			c.slow(d, i)
		}
	}
	for i := range d.Rungs {
		if d.Rungs[i].Kind != Heading {
			c.rung(&d.Rungs[i], c.at[i])
		}
	}
	c.printf("</svg>\n")
	return c.w.Flush()
}

// A canvas writes the parts of a picture.
type canvas struct {
	w      *bufio.Writer
	say    func(string) string
	at     []int // where each rung is
	height int
	ends   map[int]int // of each slow segment that arrives: with which rung
}

// places decides where the rungs go.
func (c *canvas) places(d *Diagram) {
	y := svgHead
	for i := range d.Rungs {
		step := svgRung
		switch d.Rungs[i].Kind {
		case Heading:
			step = svgHeading
		case Event, Arrival:
			step = svgEvent
		}
		if i > 0 && d.Rungs[i-1].Kind == Sent && d.Rungs[i].Kind != Sent {
			y += svgPurpose // an arrow leaves this room above itself, the others do not
		}
		y += step
		c.at = append(c.at, y-svgSlant)
		if d.Rungs[i].Kind == Arrival {
			c.ends[d.Rungs[i].Of] = i
		}
	}
	c.height = y + svgFoot
}

// printf writes to the buffer, which keeps the first error for Flush.
func (c *canvas) printf(format string, a ...any) { fmt.Fprintf(c.w, format, a...) }

// svgStyle gives each class its colours, for light pages and for dark ones.
const svgStyle = `
text{font:13px ui-sans-serif,system-ui,"DejaVu Sans",sans-serif;fill:#1f2933}
.page{fill:#fff}.name{font-size:16px;font-weight:600}.small{font-size:11.5px;fill:#5c6b7a}
.label{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:12px}
.label,.small{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.stage{font-size:14px;font-weight:600}.rule{stroke:#d5dce3}
` + strokesLight + `.bad .label{fill:#c62828}.late .label{fill:#b36200}.forged .label{fill:#8e24aa}
.closed{fill:#cfd8dc}.listen{fill:#26a69a}.opening{fill:#f9a825}.open{fill:#43a047}.ending{fill:#8e5bb5}.waiting{fill:#3f7fd1}
@media (prefers-color-scheme:dark){
text{fill:#e4e9ee}.page{fill:#14191f}.small{fill:#93a1af}.label,.small{stroke:#14191f}
.rule{stroke:#2f3a45}
` + strokesDark + `.bad .label{fill:#ff7b72}.late .label{fill:#ffb74d}.forged .label{fill:#d9a0e8}
.closed{fill:#3b4650}}
`

// stateClasses colour the states by the stage of life they belong to.
var stateClasses = [tcp.States]string{
	tcp.Closed: "closed", tcp.Listen: "listen", tcp.SynSent: "opening", tcp.SynReceived: "opening",
	tcp.Established: "open", tcp.FinWait1: "ending", tcp.FinWait2: "ending", tcp.CloseWait: "ending",
	tcp.Closing: "ending", tcp.LastAck: "ending", tcp.TimeWait: "waiting",
}

// StateClass returns the name of the stage of life that a state belongs to: states of one
// stage have one colour.
func StateClass(s tcp.State) string {
	if int(s) < len(stateClasses) {
		return stateClasses[s]
	}
	return "closed"
}

func (c *canvas) begin(d *Diagram) {
	c.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`+"\n",
		svgWidth, c.height, svgWidth, c.height)
	c.printf("<title>%s</title>\n", escape(d.say("A conversation between "+d.Left+" and "+d.Right)))
	c.printf("<style>%s</style>\n", svgStyle)
	c.printf(`<rect class="page" width="%d" height="%d"/>`+"\n", svgWidth, c.height)
	c.text(svgLeftX, svgHead-22, "middle", "name", d.say(d.Left))
	c.text(svgRightX, svgHead-22, "middle", "name", d.say(d.Right))
}

// text writes a line of text; anchor is "start", "middle" or "end".
func (c *canvas) text(x, y int, anchor, class, text string) {
	c.printf(`<text x="%d" y="%d" text-anchor="%s" class="%s">%s</text>`+"\n", x, y, anchor, class, escape(text))
}

// escape makes text fit for XML, whatever is in it.
func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return "" // a strings.Builder takes everything
	}
	return b.String()
}

// lifeLine draws one end's states as a band that changes its colour, with their
// names outside.
func (c *canvas) lifeLine(d *Diagram, x int, side Side) {
	state, from := tcp.Closed, svgHead-12
	band := func(to int) {
		if to > from {
			c.printf(`<rect x="%d" y="%d" width="%d" height="%d" class="%s"><title>%s</title></rect>`+"\n",
				x-svgBand/2, from, svgBand, to-from, StateClass(state), escape(state.String()+": "+state.Meaning()))
		}
	}
	for i := range d.Rungs {
		r := &d.Rungs[i]
		next := r.Left
		if side == Right {
			next = r.Right
		}
		if r.Kind == Heading || next == state {
			continue
		}
		y := c.at[i]
		if r.Kind == Sent && r.From != side {
			y += slant(r)
		}
		band(y)
		state, from = next, y
		c.stateName(x, y, side, state)
	}
	band(c.height - svgFoot/2)
}

func (c *canvas) stateName(x, y int, side Side, state tcp.State) {
	if side == Left {
		c.text(x-svgBand, y+4, "end", "small", state.String())
		return
	}
	c.text(x+svgBand, y+4, "start", "small", state.String())
}

func slant(r *Rung) int {
	if r.Arrived > r.At {
		return svgSlant
	}
	return 0
}

func (c *canvas) rung(r *Rung, y int) {
	switch {
	case r.Kind == Event:
		c.event(r, y)
	case r.Kind == Sent && !isSlow(r):
		c.sent(r, y)
	}
	c.text(svgTimeX, y+4, "end", "small", fmt.Sprintf("%.3f s", r.At.Seconds()))
}

// heading draws a rule across the picture, behind everything else.
func (c *canvas) heading(r *Rung, y int) {
	c.printf(`<line x1="16" y1="%d" x2="%d" y2="%d" class="rule"/>`+"\n", y-8, svgWidth-16, y-8)
	c.text(16, y+10, "start", "stage", c.say(r.Text))
}

func (c *canvas) event(r *Rung, y int) {
	x, textX, anchor := svgLeftX, svgLeftX+svgBand+4, "start"
	if r.From == Right {
		x, textX, anchor = svgRightX, svgRightX-svgBand-4, "end"
	}
	c.printf(`<circle cx="%d" cy="%d" r="4" class="head"/>`+"\n", x, y)
	c.text(textX, y+4, anchor, "", c.say(r.Text))
}

// sent draws an arrow, with what it carries above it and what it is for below.
func (c *canvas) sent(r *Rung, y int) {
	const margin = svgBand/2 + 2
	x1, x2, step := svgLeftX+margin, svgRightX-margin, 1
	if r.From == Right {
		x1, x2, step = x2, x1, -1
	}
	stroke := r.Stroke()
	x2 = x1 + (x2-x1)*stroke.Way/100
	y2 := y + slant(r)*stroke.Way/100
	c.group(stroke)
	c.arrow(x1, y, x2, y2, step, stroke.Ends)
	label := strings.TrimSpace(label(r, false) + " " + window(r, false))
	if f := r.Fate.String(); f != "" {
		label += " · " + c.say(f)
	}
	c.onArrow(y-8+slant(r)/2, "label", label)
	c.onArrow(y+17+slant(r)/2, "small", c.say(r.Text))
	c.printf("</g>\n")
}

// group begins what belongs to a segment.
func (c *canvas) group(s Stroke) {
	c.printf(`<g class="%s">`+"\n", strings.TrimSpace("rung "+s.Class))
}

func isSlow(r *Rung) bool { return r.Kind == Sent && r.Fate == Slow }

// slow draws a segment that others overtake: one long line to where it arrives, with
// what it carries at its beginning, and at its end again. One that has not arrived when
// the diagram ends goes down to its foot.
func (c *canvas) slow(d *Diagram, i int) {
	const margin = svgBand/2 + 2
	r := &d.Rungs[i]
	x1, x2, step, near, far := svgLeftX+margin, svgRightX-margin, 1, "start", "end"
	if r.From == Right {
		x1, x2, step, near, far = x2, x1, -1, far, near
	}
	y1, y2 := c.at[i], c.height-svgFoot/2
	end, arrives := c.ends[i]
	if arrives {
		y2 = c.at[end]
	}
	c.group(r.Stroke())
	c.printf(`<line x1="%d" y1="%d" x2="%d" y2="%d" class="arrow"/>`+"\n", x1, y1, x2, y2)
	c.text(x1+step*20, y1-8, near, "label", c.slowLabel(r))
	c.text(x1+step*56, y1+12, near, "small", c.say(r.Text))
	if arrives {
		of, _ := d.arriving(&d.Rungs[end])
		c.slowHead(x1, y1, x2, y2)
		c.text(x2-step*56, y2+2, far, "label", c.slowLabel(&of))
		c.text(x2-step*20, y2+17, far, "small", c.say(d.Rungs[end].Text))
	}
	c.printf("</g>\n")
}

func (c *canvas) slowLabel(r *Rung) string {
	if r.Copy {
		return c.say("copy:") + " " + label(r, false)
	}
	return label(r, false)
}

// slowHead draws the head of an arrow in the direction of its line.
func (c *canvas) slowHead(x1, y1, x2, y2 int) {
	angle := math.Atan2(float64(y2-y1), float64(x2-x1)) * 180 / math.Pi
	c.printf(`<path d="M%d %dl-9 -5v10z" class="head" transform="rotate(%.0f %d %d)"/>`+"\n", x2, y2, angle, x2, y2)
}

// onArrow writes text at the arrow's middle.
func (c *canvas) onArrow(y int, class, text string) {
	if text != "" {
		c.text((svgLeftX+svgRightX)/2, y, "middle", class, text)
	}
}

// arrow draws the line and its end: a head, two, or a cross.
func (c *canvas) arrow(x1, y1, x2, y2, step int, ends string) {
	c.printf(`<line x1="%d" y1="%d" x2="%d" y2="%d" class="arrow"/>`+"\n", x1, y1, x2, y2)
	if ends == "cross" {
		c.printf(`<path d="M%d %dl12 12m0 -12l-12 12" class="mark"/>`+"\n", x2-6, y2-6)
		return
	}
	c.head(x2, y2, step)
	if ends == "heads" {
		c.head(x2-9*step, y2, step)
	}
}

func (c *canvas) head(x, y, step int) {
	c.printf(`<path d="M%d %dl%d -5v10z" class="head"/>`+"\n", x, y, -9*step)
}
