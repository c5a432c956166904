package transfer

import (
	"slices"
	"sort"

	"tcpworkbook/kit/tcp"
)

// maxRuns bounds the list: who sends every other byte must not make us keep a
// hundred thousand entries.
const maxRuns = 256

// runs is a set of sequence numbers, written as its runs: sorted, and with a hole
// between each and the next. All of them lie in one window, so that they can be
// compared.
type runs []tcp.Block

// with returns the set with one more run in it. Two binary searches divide the
// list in three:
//
//	[ wholly before, a hole between | overlap or touch the new one | wholly behind ]
//	                                i                              j
//
// The middle part, which may be empty, and the new run become one. Where that
// makes the list longer than allowed, with changes nothing and reports false,
// unless the run is next and so will not stay.
func (r runs) with(run tcp.Block, isNext bool) (runs, bool) {
	i := sort.Search(len(r), func(k int) bool { return run.Start.LessEq(r[k].End) })
	j := sort.Search(len(r), func(k int) bool { return run.End.Less(r[k].Start) })
	if i == j && len(r) >= maxRuns && !isNext {
		return r, false
	}
	if i < j { // the outermost two of the middle part tell how far it reaches
		if r[i].Start.Less(run.Start) {
			run.Start = r[i].Start
		}
		run.End = run.End.Max(r[j-1].End)
	}
	return slices.Replace(r, i, j, run), true
}
