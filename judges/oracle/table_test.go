//go:build linux

package oracle

import (
	"fmt"
	"os"
	"strings"
)

const tableFile = "differences.md"

// A difference is a question that the kernel and the stack answer differently.
type difference struct {
	station string
	question
	kernel, ours answer
	reason       string
}

// key is all of a difference but its reason.
func (d difference) key() string {
	return strings.Join([]string{d.station, d.question.String(), string(d.kernel), string(d.ours)}, "|")
}

// row is what differences that stand in one line of the table have in common.
func (d difference) row() string {
	return strings.Join([]string{d.station, d.kind, string(d.kernel), string(d.ours), d.reason}, "|")
}

const tableHead = `# Where this TCP and the kernel's differ

Each row is a segment that arrives in some state and is answered differently by the two: what is
sent; the state after it; what the application sees. SEQ is placed relative to RCV.NXT and the
window, ACK to SND.UNA, SND.NXT and MAX.SND.WND, here MAX; "long ago" and "far" are 2^30 before and
after, and a list in either column stands for every combination. The test of this package compares
all other cases, and demands that they agree.

Of what is sent within %v, these are compared: how many segments, their order, SEQ, ACK, the length
of the text, SYN, FIN, RST and ACK, and which of the options MSS, window scale (WSOPT) and timestamps
(TSOPT) they have. These are not: the window and the values of the options, which come from how large
a buffer is and what a clock shows; PSH, which has no say in any check; SACK and ECN, which only Linux
has; later retransmissions.

Kernel: %s.

| state | segment | SEQ | ACK | kernel | ours | reason |
|---|---|---|---|---|---|---|
`

// readDifferences reads the table; a missing one is empty.
func readDifferences() (all []difference, err error) {
	octets, err := os.ReadFile(tableFile)
	if os.IsNotExist(err) {
		return nil, nil
	}
	for _, line := range strings.Split(string(octets), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "| ") || len(cells) != 7 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "`", ""))
		}
		if cells[0] == "state" {
			continue
		}
		for _, seq := range strings.Split(cells[2], ", ") {
			for _, ack := range strings.Split(cells[3], ", ") {
				all = append(all, difference{
					cells[0], question{cells[1], seq, strings.TrimSpace(ack)},
					answer(cells[4]), answer(cells[5]), cells[6],
				})
			}
		}
	}
	return all, err
}

// writeDifferences writes the table, with the reasons that were given before.
func writeDifferences(found, before []difference) error {
	reasons := make(map[string]string)
	for _, d := range before {
		reasons[d.key()] = d.reason
	}
	for i := range found {
		found[i].reason = reasons[found[i].key()]
	}
	var b strings.Builder
	fmt.Fprintf(&b, tableHead, delayedACK, kernelVersion())
	for _, rows := range grouped(found) {
		for _, r := range rows.lines() {
			d := rows.first
			fmt.Fprintf(&b, "| %s | %s | %s | %s | `%s` | `%s` | %s |\n",
				d.station, d.kind, r[0], r[1], d.kernel, d.ours, d.reason)
		}
	}
	return os.WriteFile(tableFile, []byte(b.String()), 0o644)
}

// A group is the differences that differ only in where their numbers lie.
type group struct {
	first difference
	acks  map[string][]string // by SEQ
	seqs  []string
}

func grouped(found []difference) (groups []*group) {
	byRow := make(map[string]*group)
	for _, d := range found {
		g := byRow[d.row()]
		if g == nil {
			g = &group{first: d, acks: make(map[string][]string)}
			byRow[d.row()] = g
			groups = append(groups, g)
		}
		if g.acks[d.seq] == nil {
			g.seqs = append(g.seqs, d.seq)
		}
		g.acks[d.seq] = append(g.acks[d.seq], d.ack)
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

// tableVersion returns the kernel that the table was made with.
func tableVersion() string {
	octets, _ := os.ReadFile(tableFile)
	_, rest, _ := strings.Cut(string(octets), "\nKernel: ")
	version, _, _ := strings.Cut(rest, ".\n")
	return version
}
