// Package standin is a chapter that is somewhere else. [Socket], [Handshake],
// [Transfer], [Teardown] and [TimeWait] have the methods of the five chapters, and
// forward each call to an implementation that is chosen while the program runs.
//
// A chapter's tests name nothing of its package but the methods of Chapter{}. So they
// can be compiled once, with
//
//	type Chapter = standin.Transfer
//
// in the chapter's place, and be run against one implementation after the other; see
// [Main].
package standin

import (
	"fmt"
	"sync/atomic"

	"tcpworkbook/kit/stack"
)

// chosen is what the calls are forwarded to. It changes between runs of the tests only.
var chosen stack.Chapters

// underway is how many calls have not come back. Each forwarded call counts itself.
var underway atomic.Int64

// hasty is [Request.Hasty] of the run.
var hasty bool

// begin counts a call. In a hasty run, none begins while another has not come back: the
// tests make one after the other, so that one never will.
func begin() {
	if underway.Add(1) > 1 && hasty {
		panic("standin: a call before this one did not come back")
	}
}

// offer is an implementation that may be chosen.
type offer struct {
	chapters stack.Chapters
	prepare  func()
}

var offers = make(map[string]offer)

// Offer makes an implementation of a chapter known by a name. If prepare is not nil, it
// is called whenever the implementation is chosen. Offer is to be called by init
// functions only, and panics if the value is no chapter or if the name is taken.
func Offer(name string, chapter any, prepare func()) {
	if _, taken := offers[name]; taken {
		panic("standin: two implementations are called " + name)
	}
	o := offer{prepare: prepare}
	switch c := chapter.(type) {
	case stack.Socket:
		o.chapters.Socket = c
	case stack.Handshake:
		o.chapters.Handshake = c
	case stack.Transfer:
		o.chapters.Transfer = c
	case stack.Teardown:
		o.chapters.Teardown = c
	case stack.TimeWait:
		o.chapters.TimeWait = c
	default:
		panic(fmt.Sprintf("standin: %s is no chapter, but a %T", name, chapter))
	}
	offers[name] = o
}

// choose has all calls from now on forwarded to the implementation of that name.
func choose(name string) error {
	o, found := offers[name]
	if !found {
		return fmt.Errorf("standin: there is no implementation %q", name)
	}
	if o.prepare != nil {
		o.prepare()
	}
	chosen = o.chapters
	return nil
}
