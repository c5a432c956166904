package book

import (
	"fmt"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/kit/workbook"
)

// News is what has changed since somebody last looked.
type News struct {
	Won    []check.Step // done, and never were before
	Mended []check.Step // done again
	Lost   []check.Step // no longer done

	Changes []Change // what a new version of the workbook has made of the steps

	Was  string    // the step that the learner was at: "2.3"; "" when that is not known
	When time.Time // and when
}

// Note compares the results of some chapters with what is known of them, and keeps them.
// Of a workbook that nobody has looked at before, nothing is news. The error is that of
// keeping; the news are good all the same.
func (b *Book) Note(results []check.Result, now time.Time) (News, error) {
	p := &b.Progress
	news := News{Was: p.At, When: p.When}
	first := p.Done == nil
	if first {
		p.Done = make(map[string]time.Time)
	}
	if p.Broken == nil {
		p.Broken = make(map[string]string)
	}
	for _, r := range results {
		news.Changes = append(news.Changes, b.changes(r)...)
		if !r.Compiles() || r.Hasty {
			continue
		}
		for _, s := range r.Steps {
			name := StepName(s)
			_, was := p.Done[name]
			_, broken := p.Broken[name]
			switch {
			case s.Done() && !was:
				p.Done[name] = now
				if !first {
					news.Won = append(news.Won, s)
				}
			case s.Done() && broken:
				delete(p.Broken, name)
				news.Mended = append(news.Mended, s)
			case !s.Done() && was && !broken:
				p.Broken[name] = suspect(news.Was, s)
				news.Lost = append(news.Lost, s)
			}
		}
	}
	if at := b.at(results); at != "" && len(p.Broken) == 0 {
		p.At = at
	}
	p.When = now
	return news, p.Save(b.Root)
}

// suspect returns the step that a learner was at, if what was written there may have broken
// another: a later one of the same chapter. Whoever has gone back to an earlier function, or is
// at another chapter's first step, has broken it in another way; then it is "".
func suspect(at string, broken check.Step) string {
	var chapter, step int
	if _, err := fmt.Sscanf(at, "%d.%d", &chapter, &step); err != nil {
		return ""
	}
	if chapter != broken.Chapter.Number || step <= broken.Number {
		return ""
	}
	return at
}

// at returns the first step, of all chapters, that is not done; "" when that is not known.
func (b *Book) at(results []check.Result) string {
	if len(results) < len(b.Chapters) {
		return ""
	}
	for _, c := range b.Order() {
		for _, r := range results {
			if r.Chapter.Name != c.Name {
				continue
			}
			if i := r.Next(); i >= 0 {
				return StepName(r.Steps[i])
			}
		}
	}
	return ""
}

// Forget forgets which steps of a chapter were done.
func (b *Book) Forget(c workbook.Chapter) error {
	prefix := fmt.Sprintf("%d.", c.Number)
	for name := range b.Progress.Done {
		if strings.HasPrefix(name, prefix) {
			delete(b.Progress.Done, name)
			delete(b.Progress.Broken, name)
		}
	}
	return b.Progress.Save(b.Root)
}

// BrokenBy returns the step at which a step was broken that was done before; "" for one
// that is not, or where that is not known.
func (b *Book) BrokenBy(s check.Step) string { return b.Progress.Broken[StepName(s)] }

// WasDone reports whether a step has been done, now or before.
func (b *Book) WasDone(s check.Step) bool {
	_, was := b.Progress.Done[StepName(s)]
	return was
}
