package scenario

import (
	"slices"
	"strings"
	"time"

	"tcpworkbook/kit/story"
)

// puzzle is what makes a scenario one.
type puzzle struct {
	allowed []string                            // verbs, besides those of time
	most    int                                 // how often any of them
	solved  func(p *story.Play, start int) bool // start is the first row that is the player's own
}

var timeVerbs = []string{"step", "wait", "skip"}

var puzzles = []scenario{{
	id: "P1", step: "5.3",
	title: words{"Keep B in LAST-ACK", "B를 LAST-ACK에 붙잡아 두기"},
	question: words{
		`A closed first, then B. Lose three segments, no more, so that B is still in LAST-ACK six
seconds after its FIN.`,
		`A가 먼저, 이어서 B가 닫았습니다. 세그먼트를 세 개까지만 잃어버려, B가 FIN을 보내고 6초가
지나도 LAST-ACK에 있게 하세요.`,
	},
	tries: []words{{
		`B's FIN is sent again after 1, 2 and 4 seconds. What ends LAST-ACK?`,
		`B의 FIN은 1초, 2초, 4초 간격으로 다시 나갑니다. 무엇이 LAST-ACK를 끝낼까요?`,
	}},
	text: plain + open + ";close.A;step.2;close.B",
	puzzle: &puzzle{allowed: []string{"lose"}, most: 3, solved: func(p *story.Play, start int) bool {
		last := p.Rows[len(p.Rows)-1]
		return last.States.B == "LAST-ACK" && p.Now-p.Rows[start-1].At >= int64(6*time.Second)
	}},
}, {
	id: "P2", step: "4.8",
	title: words{"One forged segment", "위조 세그먼트 하나"},
	question: words{
		`A and B are connected. With one forged segment, end the connection at B.`,
		`A와 B가 연결되어 있습니다. 위조한 세그먼트 하나로 B의 연결을 끝내세요.`,
	},
	tries: []words{{
		`A SYN is answered with an ACK only. What does B expect next?`,
		`SYN에는 ACK로 답할 뿐입니다. B가 다음으로 기다리는 것은 무엇일까요?`,
	}},
	text: "1;plain;isn.A.4000000000;isn.B.300" + open + ";write.A.500;wait.500",
	puzzle: &puzzle{allowed: []string{"inject"}, most: 1, solved: func(p *story.Play, _ int) bool {
		return p.Rows[len(p.Rows)-1].States.B == "CLOSED"
	}},
}, {
	id: "P3", step: "4.7",
	title:    words{"Both in TIME-WAIT", "둘 다 TIME-WAIT에"},
	question: words{"Bring both hosts to TIME-WAIT.", "두 호스트를 모두 TIME-WAIT에 이르게 하세요."},
	tries:    []words{{"Who closes second does not wait.", "나중에 닫은 쪽은 기다리지 않습니다."}},
	text:     plain + open,
	puzzle: &puzzle{allowed: []string{"close"}, most: 2, solved: func(p *story.Play, _ int) bool {
		return slices.ContainsFunc(p.Rows, func(r story.Row) bool {
			return r.States == story.Pair[string]{A: "TIME-WAIT", B: "TIME-WAIT"}
		})
	}},
}, {
	id: "P4", step: "3.6",
	title: words{"For nothing", "괜한 재전송"},
	question: words{
		`A has sent text. Make A send it again, although nothing is lost.`,
		`A가 데이터를 보냈습니다. 아무것도 유실되지 않았는데 A가 다시 보내게 하세요.`,
	},
	tries: []words{{
		`A does not know what is lost. It knows what it has not heard.`,
		`A는 무엇이 유실되었는지 모릅니다. 듣지 못한 것을 알 뿐입니다.`,
	}},
	text: plain + open + ";write.A.5",
	puzzle: &puzzle{allowed: []string{"slow", "hold", "now"}, most: 2, solved: func(p *story.Play, start int) bool {
		return slices.ContainsFunc(p.Rows[start:], func(r story.Row) bool {
			return r.Kind == story.Sent && r.Host == "A" && r.Len > 0
		})
	}},
}}

// Check says whether a play solves a puzzle, and if not, why it does not count: "" while
// it may still come.
func Check(id string, p *story.Play, language string) (solved bool, says string) {
	i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.id == id && s.puzzle != nil })
	if i < 0 {
		return false, words{"there is no such puzzle", "그런 퍼즐은 없습니다"}.in(language)
	}
	z := scenarios[i].puzzle
	begins := strings.Split(scenarios[i].text, ";")[1:]
	if len(p.Actions) < len(begins) {
		return false, words{"it does not begin as the puzzle does", "퍼즐과 다르게 시작합니다"}.in(language)
	}
	used := 0
	for n, a := range p.Actions {
		verb, _, _ := strings.Cut(a.Text, ".")
		switch {
		case n < len(begins):
			if a.Text != begins[n] {
				return false, words{"it does not begin as the puzzle does", "퍼즐과 다르게 시작합니다"}.in(language)
			}
		case slices.Contains(timeVerbs, verb):
		case !slices.Contains(z.allowed, verb):
			return false, words{"this is not allowed here:", "여기서는 쓸 수 없습니다:"}.in(language) + " " + verb
		default:
			used++
		}
	}
	if used > z.most {
		return false, words{"that was too often", "너무 여러 번 했습니다"}.in(language)
	}
	start := len(p.Rows)
	if len(p.Actions) > len(begins) {
		start = p.Actions[len(begins)].Row
	}
	return z.solved(p, start), ""
}
