package tcp

import (
	"bytes"
	"slices"
)

// queueImage is what the other side has of a Buffer.
type queueImage struct {
	text  []byte   // in the queue
	ahead []placed // behind holes, in memory of its own
}

// A queue travels as a part of what it held, which starts after the bytes that have left,
// and new text behind that. Of what lies ahead of it, which may be thousands of runs, those
// travel that are new; before them and behind them come some that were there already.
func (i *queueImage) write(v *visitor, q *Buffer) bool {
	text := q.Peek(0, q.Len())
	skipped, kept := overlap(i.text, text)
	changed := len(text) != len(i.text) || kept != len(text)
	added := text[kept:]
	v.uint(uint64(skipped), 0)
	v.uint(uint64(kept), 0)
	v.bytes(&added)
	if changed {
		i.text = append(append(i.text[:0], i.text[skipped:skipped+kept]...), added...)
	}

	i.move(len(added))
	var runs []run
	if q.ahead != nil {
		runs = q.ahead.runs
	}
	before, behind := shared(i.ahead, runs)
	var fresh []placed
	for k := before; k < len(runs)-behind; k++ {
		fresh = append(fresh, placed{runs[k].at, bytes.Clone(runs[k].text())})
	}
	v.uint(uint64(before), 0)
	v.uint(uint64(behind), 0)
	visitAll(v, &fresh, (*visitor).placed)
	if before+behind < max(len(i.ahead), len(runs)) {
		i.ahead = slices.Replace(i.ahead, before, len(i.ahead)-behind, fresh...)
		changed = true
	}
	return changed
}

// move notes that the queue's end has moved on by n bytes. What it has reached is no longer
// ahead, or not as it was.
func (i *queueImage) move(n int) {
	i.ahead = i.ahead[i.reached(n):]
	for k := range i.ahead {
		i.ahead[k].at -= n
	}
}

// reached returns how many runs the queue's end reaches when it moves on by n bytes.
func (i *queueImage) reached(n int) (runs int) {
	for runs < len(i.ahead) && i.ahead[runs].at < n {
		runs++
	}
	return runs
}

// shared returns how many runs are the same from the first on, and of the others from the
// last on.
func shared(image []placed, runs []run) (before, behind int) {
	same := func(p *placed, r *run) bool { return p.at == r.at && bytes.Equal(p.text, r.text()) }
	most := min(len(image), len(runs))
	for before < most && same(&image[before], &runs[before]) {
		before++
	}
	for behind < most-before && same(&image[len(image)-1-behind], &runs[len(runs)-1-behind]) {
		behind++
	}
	return before, behind
}

// overlap finds a part of before with which now begins, to its end: where it is, and how
// long. Any will do, for what it says of now is true; the longer one is the shorter message.
func overlap(before, now []byte) (skipped, kept int) {
	const (
		sample   = 16 // bytes: what begins with the same is mostly the same
		attempts = 64 // text may repeat itself
	)
	fits := func(at int) bool {
		kept = min(len(before)-at, len(now))
		return bytes.Equal(before[at:at+kept], now[:kept])
	}
	if len(before) == 0 || len(now) == 0 {
		return 0, 0
	}
	if only := len(before) - len(now); only >= 0 && fits(only) {
		return only, kept // some have left
	}
	begins := now[:min(sample, len(now))]
	for range attempts {
		at := bytes.Index(before[skipped:], begins)
		if at < 0 {
			break
		}
		if skipped += at; fits(skipped) {
			return skipped, kept
		}
		skipped++
	}
	return 0, 0
}

// placed is text that lies behind a hole.
type placed struct {
	at   int // bytes from the queue's end to it
	text []byte
}

func (v *visitor) placed(p *placed) {
	signed(v, &p.at)
	v.bytes(&p.text)
}

// queueChange is what is to become of a Buffer.
type queueChange struct {
	skipped, kept  int
	added          []byte
	before, behind int // runs ahead that stay
	fresh          []placed
}

func (i *queueImage) read(v *visitor) queueChange {
	c := queueChange{skipped: v.count(len(i.text)), kept: v.count(len(i.text))}
	v.bytes(&c.added)
	left := i.ahead[i.reached(len(c.added)):]
	c.before, c.behind = v.count(len(left)), v.count(len(left))
	visitAll(v, &c.fresh, (*visitor).placed)
	if c.skipped+c.kept > len(i.text) || c.before+c.behind > len(left) {
		v.fail(errQueue)
	}
	if v.err != nil {
		return c
	}
	from := 0
	if c.before > 0 {
		last := left[c.before-1]
		from = last.at - len(c.added) + len(last.text) + 1
	}
	for _, r := range c.fresh {
		if r.at < from || r.at > 1<<maxRingClass || len(r.text) == 0 {
			v.fail(errQueue)
			break
		}
		from = r.at + len(r.text) + 1 // two that touch are one
	}
	if c.behind > 0 && left[len(left)-c.behind].at-len(c.added) < from {
		v.fail(errQueue)
	}
	return c
}

// make changes the Buffer. It is what the image says, unless this side has changed it since;
// then all of it is new.
func (c *queueChange) make(i *queueImage, q *Buffer) {
	text := append(append(make([]byte, 0, c.kept+len(c.added)), i.text[c.skipped:c.skipped+c.kept]...), c.added...)
	if q.Len() == len(i.text) && c.skipped+c.kept == len(i.text) && bytes.Equal(q.Peek(0, q.Len()), i.text) {
		q.Discard(c.skipped)
		q.pushAll(c.added)
		q.advance(len(c.added))
	} else {
		q.Reset()
		q.pushAll(text)
	}
	i.text = text
	i.move(len(c.added))
	i.ahead = slices.Replace(i.ahead, c.before, len(i.ahead)-c.behind, c.fresh...)
	q.putAhead(i.ahead)
}

// putAhead has these runs lie ahead of the queue, and nothing else.
func (q *Buffer) putAhead(all []placed) {
	if len(all) == 0 {
		q.DiscardAhead()
		return
	}
	if q.ahead == nil {
		q.ahead = aheads.Get().(*ahead)
	}
	before, behind := shared(all, q.ahead.runs)
	q.ahead.drop(before, len(q.ahead.runs)-behind)
	for _, r := range all[before : len(all)-behind] {
		q.ahead.place(r.at, r.text)
	}
}

// pushAll puts p at the end of the queue, whatever its limit.
func (q *Buffer) pushAll(p []byte) {
	if len(p) > 0 {
		q.push(p)
	}
}
