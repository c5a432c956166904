package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/result"
)

// JUnit returns a JUnit report with a suite for each step.
func JUnit(r result.Result) ([]byte, error) {
	var all junit.Testsuites
	if r.Status != result.OK {
		// Else a report in which all is skipped would be one in which nothing is wrong.
		suite := junit.Testsuite{Name: "submission", Time: "0.000"}
		suite.AddTestcase(junit.Testcase{Name: string(r.Status), Classname: "chapters/" + r.Chapter, Time: "0.000", Error: &junit.Result{Message: why(r), Type: string(r.Status), Data: r.Why}})
		all.AddSuite(suite)
	}
	for _, s := range r.Steps {
		suite := junit.Testsuite{Name: strings.TrimSpace("step " + number(r, s) + " " + s.Title), Time: "0.000"}
		for _, t := range s.Tests {
			c := junit.Testcase{Name: t.Name, Classname: "chapters/" + r.Chapter, Time: "0.000"}
			switch t.Outcome {
			case result.Failed:
				c.Failure = &junit.Result{Message: t.Reason, Type: t.Mistake, Data: t.Message}
			case result.NotReached:
				c.Skipped = &junit.Result{Message: "not reached"}
			}
			suite.AddTestcase(c)
		}
		all.AddSuite(suite)
	}
	all.Skipped = 0 // for all suites together, Jenkins's schema has no such number
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// Autolab returns what an autograder of Autolab's prints: the feedback by stages, and as
// the last line the scores. Objects have no order, so _order and _scores_order say that of the
// tests and steps: without them 3.10 would come before 3.2.
// https://docs.autolabproject.com/lab/#writing-autograders
func Autolab(r result.Result) ([]byte, error) {
	presentation := map[string]any{"_presentation": "semantic"}
	scores := make(map[string]float64)
	stages, order := []string{}, []string{}
	if w := why(r); w != "" {
		stages = append(stages, "Submission")
		presentation["Submission"] = map[string]any{"complete": map[string]any{"passed": false, "hint": w}}
	}
	for _, s := range r.Steps {
		stage := "Step " + number(r, s)
		stages = append(stages, stage)
		tests, names := make(map[string]any), []string{}
		for _, t := range s.Tests {
			one := map[string]any{"passed": t.Outcome == result.Passed}
			if h := hint(t); h != "" {
				one["hint"] = h
			}
			tests[t.Name] = one
			names = append(names, t.Name)
		}
		tests["_order"] = names
		presentation[stage] = tests
		scores[number(r, s)] = s.Score
		order = append(order, number(r, s))
	}
	presentation["stages"], presentation["_scores_order"] = stages, order
	if r.Raw != 0 {
		for name := range scores {
			scores[name] = round(scores[name] * r.Factor)
		}
	}
	first, err := json.Marshal(presentation)
	if err != nil {
		return nil, err
	}
	last, err := json.Marshal(map[string]any{"scores": scores, "scoreboard": []any{round(r.Score), r.Done()}})
	return []byte(string(first) + "\n" + string(last) + "\n"), err
}

// prairieLearnResults is results.json of PrairieLearn's external grader:
// https://prairielearn.readthedocs.io/en/latest/externalGrading/
type prairieLearnResults struct {
	Gradable     bool                `json:"gradable"`
	Score        float64             `json:"score"` // 0 to 1
	Message      string              `json:"message"`
	Output       string              `json:"output"`
	FormatErrors []string            `json:"format_errors,omitempty"`
	Images       []prairieLearnImage `json:"images,omitempty"`
	Tests        []prairieLearnTest  `json:"tests"`
}

type prairieLearnImage struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// Points stand on all tests, or on none.
type prairieLearnTest struct {
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Points      float64             `json:"points"`
	MaxPoints   float64             `json:"max_points"`
	Message     string              `json:"message,omitempty"`
	Output      string              `json:"output,omitempty"`
	Images      []prairieLearnImage `json:"images,omitempty"`
}

// mostPrairieLearn is how many bytes a result may have there. A larger one is none.
const mostPrairieLearn = 1 << 20

// PrairieLearn returns PrairieLearn's results.json, with as many whole messages as it has room
// for.
func PrairieLearn(r result.Result) any {
	for messages := 64; ; messages /= 2 {
		p := prairieLearn(r, messages)
		text, err := json.MarshalIndent(p, "", "  ")
		if err == nil && len(text) < mostPrairieLearn || messages == 0 {
			return p
		}
	}
}

// prairieLearn returns the results with at most so many whole messages, those of the first
// tests that failed.
func prairieLearn(r result.Result, most int) prairieLearnResults {
	p := prairieLearnResults{
		Gradable: r.Status != result.Refused && r.Status != result.Build,
		Message:  fmt.Sprintf("%s of %s points", feedback.Points(r.Score), feedback.Points(r.Max)),
		Tests:    []prairieLearnTest{},
	}
	if r.Max > 0 {
		p.Score = min(1, max(0, r.Score/r.Max))
	}
	if !p.Gradable {
		p.FormatErrors = append([]string{}, r.Refused...)
		if r.Status == result.Build {
			p.FormatErrors = append(p.FormatErrors, r.Why)
		}
	} else if r.Why != "" {
		p.Output = r.Why
	}
	sum, messages := 0.0, 0
	for _, s := range r.Steps {
		sum += s.Max
	}
	// It adds the tests' points up itself: they come to what all is worth.
	points := func(x float64) float64 { return math.Round(x*r.Max/max(sum, 1e-9)*1e6) / 1e6 }
	for _, s := range r.Steps {
		for _, t := range s.Tests {
			score, worth := exactly(s, t)
			one := prairieLearnTest{Name: number(r, s) + " " + t.Name, Description: s.Title, Points: points(score), MaxPoints: points(worth), Message: hint(t)}
			if t.Message != "" && messages < most {
				one.Output = said(r, t)
				if messages == 0 {
					one.Images = []prairieLearnImage{{"what was sent", picture(t.Message)}}
				}
				messages++
			}
			p.Tests = append(p.Tests, one)
		}
	}
	return p
}

// picture draws a message, with its ladder, as an SVG in a data URL.
func picture(message string) string {
	lines := strings.Split(message, "\n")
	widest := 0
	for _, l := range lines {
		widest = max(widest, len([]rune(l)))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><rect width="100%%" height="100%%" fill="#fff"/><g font-family="monospace" font-size="13" xml:space="preserve">`, widest*8+16, len(lines)*17+14)
	for i, l := range lines {
		fmt.Fprintf(&b, `<text x="8" y="%d">%s</text>`, 20+17*i, html.EscapeString(strings.ReplaceAll(l, "\t", "    ")))
	}
	b.WriteString("</g></svg>")
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(b.String()))
}
