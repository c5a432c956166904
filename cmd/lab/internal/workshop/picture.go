package workshop

import (
	"fmt"
	"html/template"
	"strings"

	"tcpworkbook/kit/tcp"
)

// box is a state in the picture, by its middle.
type box struct {
	State   tcp.State
	Chapter int
	X, Y    int
}

const boxWidth, boxHeight = 150, 38

// boxes are RFC 9293's figure 5, with the side that opens and closes first on the left.
var boxes = []box{
	{tcp.Closed, 1, 480, 30},
	{tcp.Listen, 1, 780, 100},
	{tcp.SynSent, 2, 180, 120},
	{tcp.SynReceived, 2, 780, 200},
	{tcp.Established, 3, 480, 270},
	{tcp.FinWait1, 4, 180, 370},
	{tcp.CloseWait, 4, 780, 370},
	{tcp.FinWait2, 4, 180, 490},
	{tcp.Closing, 4, 480, 430},
	{tcp.LastAck, 4, 780, 490},
	{tcp.TimeWait, 5, 480, 550},
}

// edge is an arrow from one state to another. Its ends are moved from the middles of the
// boxes by the offsets, so that no two arrows lie on each other; Text stands beside At.
type edge struct {
	From, To       tcp.State
	Chapter        int
	X1, Y1, X2, Y2 int // offsets
	Text           string
	At             [2]int
	Anchor         string // start, middle or end
}

var edges = []edge{
	{tcp.Closed, tcp.Listen, 1, 75, 8, -75, -8, "listen", [2]int{650, 50}, "start"},
	{tcp.Closed, tcp.SynSent, 2, -75, 8, 60, -19, "connect / SYN", [2]int{300, 62}, "end"},
	{tcp.Listen, tcp.SynReceived, 2, 0, 19, 0, -19, "SYN / SYN,ACK", [2]int{790, 155}, "start"},
	{tcp.SynSent, tcp.SynReceived, 2, 75, 5, -75, -5, "SYN / SYN,ACK", [2]int{540, 140}, "middle"},
	{tcp.SynSent, tcp.Established, 2, 40, 19, -75, -8, "SYN,ACK / ACK", [2]int{270, 205}, "end"},
	{tcp.SynReceived, tcp.Established, 2, -50, 19, 75, -8, "ACK", [2]int{640, 228}, "end"},
	{tcp.Established, tcp.FinWait1, 4, -60, 19, 50, -19, "close / FIN", [2]int{300, 318}, "end"},
	{tcp.Established, tcp.CloseWait, 4, 60, 19, -50, -19, "FIN / ACK", [2]int{660, 318}, "start"},
	{tcp.FinWait1, tcp.FinWait2, 4, -30, 19, -30, -19, "ACK of FIN", [2]int{140, 433}, "end"},
	{tcp.FinWait1, tcp.Closing, 4, 75, 6, -75, -6, "FIN / ACK", [2]int{350, 396}, "start"},
	{tcp.FinWait1, tcp.TimeWait, 5, 30, 19, -60, -19, "FIN,ACK / ACK", [2]int{352, 478}, "start"},
	{tcp.FinWait2, tcp.TimeWait, 5, 40, 19, -75, 0, "FIN / ACK", [2]int{270, 545}, "end"},
	{tcp.Closing, tcp.TimeWait, 5, 0, 19, 0, -19, "ACK of FIN", [2]int{490, 494}, "start"},
	{tcp.CloseWait, tcp.LastAck, 4, 0, 19, 0, -19, "close / FIN", [2]int{790, 435}, "start"},
	{tcp.LastAck, tcp.Closed, 1, 75, 0, 0, 0, "ACK of FIN: deleted", [2]int{872, 560}, "end"},
	{tcp.TimeWait, tcp.Closed, 1, 0, 19, 0, 0, "2MSL: deleted", [2]int{490, 596}, "start"},
}

// lifecycle draws the picture. Each part has the class c1 to c5 of the chapter that owns
// it; the page's style lights them up.
func lifecycle(w wording) template.HTML {
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg class="life" viewBox="0 0 960 620" role="img" aria-label="%s">`+"\n", w.Title)
	svg.WriteString(`<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8"` +
		` markerHeight="8" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker></defs>` + "\n")
	for _, e := range edges {
		fmt.Fprintf(&svg, `<g class="c%d"><path class="edge" d="%s" marker-end="url(#tip)"/>`+
			`<text x="%d" y="%d" text-anchor="%s">%s</text></g>`+"\n",
			e.Chapter, e.path(), e.At[0], e.At[1], e.Anchor, e.Text)
	}
	for _, b := range boxes {
		fmt.Fprintf(&svg, `<g class="c%d"><rect x="%d" y="%d" width="%d" height="%d" rx="6"/>`+
			`<text class="state" x="%d" y="%d" text-anchor="middle">%s</text></g>`+"\n",
			b.Chapter, b.X-boxWidth/2, b.Y-boxHeight/2, boxWidth, boxHeight, b.X, b.Y+6, b.State)
	}
	svg.WriteString("</svg>")
	return template.HTML(svg.String())
}

// path is the arrow's line. A socket that is deleted leaves the picture, downwards.
func (e edge) path() string {
	from, to := boxOf(e.From), boxOf(e.To)
	x, y := from.X+e.X1, from.Y+e.Y1
	switch {
	case e.From == tcp.LastAck && e.To == tcp.Closed:
		return fmt.Sprintf("M%d %dH%dV610", x, y, x+27)
	case e.To == tcp.Closed:
		return fmt.Sprintf("M%d %dV610", x, y)
	}
	return fmt.Sprintf("M%d %dL%d %d", x, y, to.X+e.X2, to.Y+e.Y2)
}

func boxOf(s tcp.State) box {
	for _, b := range boxes {
		if b.State == s {
			return b
		}
	}
	panic("no box for " + s.String())
}
