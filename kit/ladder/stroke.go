package ladder

// Stroke is how a segment is drawn, before anything is measured: a line from the end that has
// sent it towards the other. SVG draws it between rungs, and the page of lab play between its
// rows, where the line is what a finger touches.
type Stroke struct {
	From  Side   `json:"from"`  // 0 or 1
	Way   int    `json:"way"`   // how far it comes, in percent
	Class string `json:"class"` // how it looks, by StrokeStyle; "" is usual
	Ends  string `json:"ends"`  // with what: "head", "heads" or "cross"
}

// lostPart is how far a lost segment comes, in percent.
const lostPart = 70

// Stroke returns how the rung's segment is drawn.
func (r *Rung) Stroke() Stroke {
	s := Stroke{From: r.From, Way: 100, Ends: "head"}
	switch r.Fate {
	case Lost:
		s.Way, s.Ends = lostPart, "cross"
	case Corrupted:
		s.Ends = "cross"
	case Duplicated:
		s.Ends = "heads"
	}
	switch {
	case r.Fate == Lost, r.Fate == Corrupted, r.Fate == Wrong:
		s.Class = "bad"
	case r.Forged:
		s.Class = "forged"
	case r.Fate == Slow:
		s.Class = "late"
	case r.Later:
		s.Class = "later"
	}
	return s
}

// StrokeStyle are the looks of strokes, as CSS: for light pages, and for dark ones. A line is
// of the class arrow, its head of head, a cross of mark; all in a group of the stroke's own.
func StrokeStyle() string {
	return strokesLight + "@media (prefers-color-scheme:dark){\n" + strokesDark + "}\n"
}

const strokesLight = `.arrow{stroke:#33475b;stroke-width:1.6;fill:none}.head{fill:#33475b}
.bad .arrow{stroke:#c62828;stroke-dasharray:5 3}.bad .head{fill:#c62828}.bad .mark{stroke:#c62828;stroke-width:2.4}
.late .arrow{stroke:#b36200;stroke-width:2.4}.late .head{fill:#b36200}
.forged .arrow{stroke:#8e24aa;stroke-width:2.2;stroke-dasharray:9 5}.forged .head{fill:#8e24aa}
.later .arrow{stroke:#1f5fa8}.later .head{fill:#1f5fa8}
`

const strokesDark = `.arrow{stroke:#b6c4d1}.head{fill:#b6c4d1}
.bad .arrow,.bad .mark{stroke:#ff7b72}.bad .head{fill:#ff7b72}
.late .arrow{stroke:#ffb74d}.late .head{fill:#ffb74d}
.forged .arrow{stroke:#d9a0e8}.forged .head{fill:#d9a0e8}
.later .arrow{stroke:#8ab8ee}.later .head{fill:#8ab8ee}
`
