package oracle

import (
	"fmt"
	"os"
	"strings"
)

const differencesHead = `# Where this TCP and the kernel's differ

Each row is a segment that arrives in some state and is answered differently by the two: what is
sent; the state after it; what the application sees. SEQ is placed relative to RCV.NXT and the
window, ACK to SND.UNA, SND.NXT and MAX.SND.WND, here MAX; "long ago" and "far" are 2^30 before and
after, and a list in either column stands for every combination. The test of this package compares
all other cases, and demands that they agree.

These are compared: of what is sent within %v, how many segments, their order, SEQ, ACK, the length of
the text, SYN, FIN, RST, ACK and URG, and which of the options MSS, window scale (WSOPT) and timestamps
(TSOPT) they have; the state after it; how many bytes the application can read, and whether the end or
which error follows; where both ends use timestamps, also TSecr, which tells what TS.Recent is. These are
not: the window and the values of the other options, which come from how large a buffer is and what a clock
shows; PSH, which has no say in any check; SACK and ECN, which only Linux has; later retransmissions;
what a write or SO_ERROR would say; how long a timer has yet to run (for both, see judges/kernel).

The values of the options that arrive decide something in some states of their own: the TSval of a segment,
relative to TS.Recent, and the MSS and the window scale of a SYN, where text waits for a window.

Kernel: %s.

| state | segment | SEQ | ACK | kernel | ours | reason |
|---|---|---|---|---|---|---|
`

const answersHead = `# What this TCP answers

Each row is a segment that arrives in some state, and what follows: what is sent; the state after it;
what the application sees. It is written by the test of this package when that has asked the kernel the
same, and holds every answer, those too in which the two agree; differences.md says how to read it. A
change of the stack that changes any of them fails the test on every machine.

| state | segment | SEQ | ACK | ours |
|---|---|---|---|---|
`

// key is all of a difference but its reason.
func (d difference) key() string {
	return strings.Join([]string{d.inquiry.String(), string(d.kernel), string(d.ours)}, "|")
}

// writeDifferences writes the table of differences, with the reasons that were given
// before.
func writeDifferences(found, before []difference, kernelVersion string) error {
	reasons := make(map[string]string)
	for _, d := range before {
		reasons[d.key()] = d.reason
	}
	var entries []entry
	for _, d := range found {
		cells := strings.Join([]string{quoted(d.kernel), quoted(d.ours), reasons[d.key()]}, between)
		entries = append(entries, entry{d.inquiry, cells})
	}
	return writeTable(differencesFile, fmt.Sprintf(differencesHead, delayedACK, kernelVersion), entries)
}

func writeAnswers(e examination) error {
	var entries []entry
	for _, q := range e.order {
		entries = append(entries, entry{q, quoted(e.answers[q])})
	}
	return writeTable(answersFile, answersHead, entries)
}

func quoted(a answer) string { return "`" + string(a) + "`" }

func writeTable(file, head string, all []entry) error {
	var b strings.Builder
	b.WriteString(head)
	for _, g := range grouped(all) {
		for _, numbers := range g.lines() {
			row := []string{g.first.station, g.first.kind, numbers[0], numbers[1], g.first.cells}
			b.WriteString("| " + strings.Join(row, between) + " |\n")
		}
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

// A group is the entries that differ only in where their numbers lie.
type group struct {
	first entry
	acks  map[string][]string // by SEQ
	seqs  []string
}

func grouped(all []entry) (groups []*group) {
	byRow := make(map[entry]*group)
	for _, e := range all {
		row := entry{inquiry{e.station, question{kind: e.kind}}, e.cells}
		g := byRow[row]
		if g == nil {
			g = &group{first: e, acks: make(map[string][]string)}
			byRow[row] = g
			groups = append(groups, g)
		}
		if g.acks[e.seq] == nil {
			g.seqs = append(g.seqs, e.seq)
		}
		g.acks[e.seq] = append(g.acks[e.seq], e.ack)
	}
	return groups
}

// lines puts together the SEQs that have the same ACKs.
func (g *group) lines() (lines [][2]string) {
	bySet := make(map[string]int)
	for _, seq := range g.seqs {
		set := strings.Join(g.acks[seq], ", ")
		if i, ok := bySet[set]; ok {
			lines[i][0] += ", " + seq
			continue
		}
		bySet[set] = len(lines)
		lines = append(lines, [2]string{seq, set})
	}
	return lines
}
