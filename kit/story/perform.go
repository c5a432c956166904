package story

import "slices"

// Perform plays the story that Parse reads from a text. What cannot be read ends it, as
// does what cannot go on: a bound that is reached, or a chapter that panics.
func Perform(from string, cast Cast) *Play {
	return (&Play{stage: newPerformance(cast)}).Continue(from)
}

// PerformStory plays a story.
func PerformStory(s Story, cast Cast) *Play { return newPerformance(cast).goOn(s.Actions) }

// Continue plays another story as Perform does, with the same cast. Where it begins with
// all that p has played, be it that the last action is a step of more times now, it goes on
// from there, and p itself must not be used any more. Else it plays from the beginning.
func (p *Play) Continue(from string) *Play {
	s, err := Parse(from)
	kept, stage := len(p.stage.rows), p.stage
	if !stage.begins(s.Actions) {
		kept, stage = 0, newPerformance(stage.cast)
	}
	next := stage.goOn(s.Actions)
	next.Kept = kept
	if unread, ok := err.(*Error); ok && next.Error == nil {
		unread.Says = unread.says.in(stage.cast.Language)
		next.OK, next.Error = false, unread
	}
	return next
}

// begins reports whether a story of these actions begins with what was played.
func (p *performance) begins(actions []Action) bool {
	last := len(p.actions) - 1
	if p.failed != nil || last >= len(actions) {
		return false
	}
	for i, a := range p.actions {
		b := actions[i]
		if i == last && a.Verb == "step" && b.Verb == "step" && a.number(0, 1) < b.number(0, 1) {
			continue
		}
		if a.Verb != b.Verb || a.Host != b.Host || !slices.Equal(a.Numbers, b.Numbers) || !slices.Equal(a.Fields, b.Fields) {
			return false
		}
	}
	return true
}

// goOn does what these actions have beyond those that were done already.
func (p *performance) goOn(actions []Action) *Play {
	if last := len(p.actions) - 1; last >= 0 {
		p.stepOn(last, actions[last])
	}
	for i := len(p.actions); i < len(actions) && p.failed == nil; i++ {
		p.actions = append(p.actions, actions[i])
		p.done = append(p.done, Did{N: i, Text: actions[i].String(), Row: len(p.rows)})
		p.do(i, actions[i])
	}
	return p.result()
}

// stepOn does what a step of more times has beyond the last action that was done.
func (p *performance) stepOn(last int, a Action) {
	more := a.number(0, 1) - p.actions[last].number(0, 1)
	if a.Verb != "step" || more == 0 {
		return
	}
	p.actions[last], p.done[last].Text = a, a.String()
	p.do(last, Action{Verb: a.Verb, Numbers: []int64{more}})
}

// do does an action, or the rest of it, and notes what came of it.
func (p *performance) do(i int, a Action) {
	p.action = i
	says, where := p.act(a)
	p.digest = append(p.digest[:2*i], p.digestSince(p.done[i].Row)...)
	if says != nil {
		p.failed = failed(i, a.Verb, *says)
		p.failed.Says = says.in(p.cast.Language) + where
	}
}
