package tcp

import "bytes"

// queueImage is what the other side has of a Buffer.
type queueImage struct {
	text  []byte // in the queue
	ahead []byte // behind holes, as it was written
}

// A queue travels as a part of what it held, which starts after the bytes that have left,
// and new text behind that; what lies ahead of it, if anything there has changed, as a
// whole.
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

	runs := q.runs()
	at := len(v.buf)
	visitAll(v, &runs, (*visitor).placed)
	if ahead := v.buf[at:]; !bytes.Equal(ahead, i.ahead) {
		i.ahead = append(i.ahead[:0], ahead...)
		changed = true
	}
	return changed
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

// runs returns what lies behind holes.
func (q *Buffer) runs() []placed {
	if q.ahead == nil {
		return nil
	}
	var all []placed
	for i := range q.ahead.runs {
		r := &q.ahead.runs[i]
		all = append(all, placed{r.at, r.text()})
	}
	return all
}

// queueChange is what is to become of a Buffer.
type queueChange struct {
	skipped, kept int
	added         []byte
	runs          []placed
	ahead         []byte
}

func (i *queueImage) read(v *visitor) queueChange {
	c := queueChange{skipped: v.count(len(i.text)), kept: v.count(len(i.text))}
	v.bytes(&c.added)
	before := v.buf
	visitAll(v, &c.runs, (*visitor).placed)
	c.ahead = before[:len(before)-len(v.buf)]
	if c.skipped+c.kept > len(i.text) {
		v.fail(errQueue)
	}
	from := 0
	for _, r := range c.runs {
		if r.at < from || r.at > 1<<maxRingClass || len(r.text) == 0 {
			v.fail(errQueue)
			break
		}
		from = r.at + len(r.text) + 1 // two that touch are one
	}
	return c
}

// make changes the Buffer. Its queue is what the image says, unless this side has changed
// it since; then all of it is new.
func (c *queueChange) make(i *queueImage, q *Buffer) {
	text := append(append(make([]byte, 0, c.kept+len(c.added)), i.text[c.skipped:c.skipped+c.kept]...), c.added...)
	if q.Len() == len(i.text) && c.skipped+c.kept == len(i.text) && bytes.Equal(q.Peek(0, q.Len()), i.text) {
		q.Discard(c.skipped)
		q.DiscardAhead()
		q.pushAll(c.added)
	} else {
		q.Reset()
		q.pushAll(text)
	}
	for _, r := range c.runs {
		if q.ahead == nil {
			q.ahead = aheads.Get().(*ahead)
		}
		q.ahead.place(r.at, r.text)
	}
	i.text = text
	i.ahead = append(i.ahead[:0], c.ahead...)
}

// pushAll puts p at the end of the queue, whatever its limit.
func (q *Buffer) pushAll(p []byte) {
	if len(p) > 0 {
		q.push(p)
	}
}
