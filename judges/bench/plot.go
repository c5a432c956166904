package main

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
)

// The plot's measures, in pixels.
const (
	plotWidth  = 860
	labelWidth = 290
	barsWidth  = 430
	rowHeight  = 20
	headHeight = 34
	margin     = 20
)

// svg draws the medians: a group of bars for each figure, each with a scale of its
// own, and a line from the lowest to the highest of the rounds.
func (r *report) svg(w io.Writer) {
	var body strings.Builder
	y := margin + 40
	for _, f := range figures() {
		if len(r.values[f.name]) > 0 {
			y = r.drawFigure(&body, f, y)
		}
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>The same work for everybody: medians</title>
<style>
  .paper { fill: #fff } text { fill: #222 } .faint { fill: #666 } .other { fill: #a9b4c2 } .ours { fill: #1f6feb } .roof { fill: #d9d2c0 } .spread { stroke: #444 }
  @media (prefers-color-scheme: dark) { .paper { fill: #0d1117 } text { fill: #e6edf3 } .faint { fill: #9198a1 } .other { fill: #4b5563 } .roof { fill: #5c5646 } .spread { stroke: #c9d1d9 } }
</style>
<rect class="paper" width="100%%" height="100%%"/>
<text x="%d" y="%d" font-size="16" font-weight="600">The same work for everybody</text>
<text class="faint" x="%d" y="%d">%s, %s; medians of %d rounds, lowest to highest</text>
%s</svg>
`, plotWidth, y+margin, margin, margin+6, margin, margin+26, html.EscapeString(machine()),
		r.begun.Format("2 January 2006"), r.options.rounds, body.String())
}

// drawFigure draws one group from y on, and returns where the next begins.
func (r *report) drawFigure(b *strings.Builder, f figure, y int) int {
	says := "more is better"
	if f.less {
		says = "less is better"
	}
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" font-weight=\"600\">%s</text><text class=\"faint\" x=\"%d\" y=\"%d\">%s, %s</text>\n",
		margin, y+headHeight-12, html.EscapeString(f.name), labelWidth, y+headHeight-12, f.unit, says)
	y += headHeight
	most := r.scale(f)
	for _, p := range r.peers {
		if values := r.values[f.name][p.name]; len(values) > 0 {
			drawBar(b, p.name, values, barsWidth/most, y)
			y += rowHeight
		}
	}
	return y
}

// scale returns what the longest bar stands for. net.Pipe only hands over memory:
// with it on the same scale nobody else would be seen, so its bar is cut off.
func (r *report) scale(f figure) float64 {
	most, all := 0.0, 0.0
	for name, values := range r.values[f.name] {
		all = max(all, slices.Max(values))
		if name != pipeName {
			most = max(most, slices.Max(values))
		}
	}
	if most == 0 {
		return all
	}
	return most
}

// drawBar draws one peer's bar; a unit is so many pixels long. One that is too
// long is cut off, and says so.
func drawBar(b *strings.Builder, name string, values []float64, pixels float64, y int) {
	class := "other"
	switch {
	case strings.HasPrefix(name, "ours"):
		class = "ours"
	case strings.HasPrefix(name, "roofline"):
		class = "roof"
	}
	m, says := medianOf(values), ""
	at := func(v float64) float64 { return labelWidth + min(v*pixels, barsWidth) }
	if m*pixels > barsWidth+1 {
		says = "» "
	}
	middle := y + rowHeight/2
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", labelWidth-8, middle+4, html.EscapeString(name))
	fmt.Fprintf(b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", class, labelWidth, y+3, max(1, at(m)-labelWidth), rowHeight-6)
	fmt.Fprintf(b, "<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", at(slices.Min(values)), at(slices.Max(values)), middle, middle)
	fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%d\">%s%s</text>\n", at(slices.Max(values))+8, middle+4, says, number(m))
}
