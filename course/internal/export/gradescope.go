package export

import (
	"cmp"
	"strings"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/result"
)

// gradescopeResults is results.json of Gradescope's autograder:
// https://gradescope-autograders.readthedocs.io/en/latest/specs/
type gradescopeResults struct {
	Score            float64          `json:"score"`
	ExecutionTime    float64          `json:"execution_time"`
	Output           string           `json:"output"`
	OutputFormat     string           `json:"output_format"`
	TestOutputFormat string           `json:"test_output_format"`
	TestNameFormat   string           `json:"test_name_format"`
	Visibility       string           `json:"visibility"`
	StdoutVisibility string           `json:"stdout_visibility"`
	ExtraData        map[string]any   `json:"extra_data"`
	Tests            []gradescopeTest `json:"tests"`
	Leaderboard      []any            `json:"leaderboard,omitempty"`
}

type gradescopeTest struct {
	Score      float64  `json:"score"`
	MaxScore   float64  `json:"max_score"`
	Status     string   `json:"status"` // passed or failed
	Name       string   `json:"name"`
	NameFormat string   `json:"name_format"`
	Number     string   `json:"number"`
	Output     string   `json:"output"`
	Format     string   `json:"output_format"`
	Tags       []string `json:"tags"`
	Visibility string   `json:"visibility"`
}

// Gradescope returns Gradescope's results.json.
func Gradescope(r result.Result) any {
	output, _ := feedback.Markdown(r) // which fails for no result
	g := gradescopeResults{
		Score: r.Score, ExecutionTime: r.Seconds, Output: string(output), OutputFormat: "md", TestOutputFormat: "text", TestNameFormat: "text",
		Visibility: "visible", StdoutVisibility: "hidden", ExtraData: map[string]any{"schema": r.Schema, "status": r.Status, "digest": r.Submission.Digest},
		Tests: []gradescopeTest{},
	}
	for _, s := range r.Steps {
		for _, t := range s.Tests {
			score, most := share(s, t)
			status := "failed"
			if t.Outcome == result.Passed {
				status = "passed"
			}
			tags := []string{"step " + number(r, s), string(t.Outcome)}
			if t.Mistake != "" {
				tags = append(tags, t.Mistake)
			}
			g.Tests = append(g.Tests, gradescopeTest{
				Score: score, MaxScore: most, Status: status, Name: t.Name, NameFormat: "text", Number: number(r, s),
				Output: said(r, t), Format: "text", Tags: tags, Visibility: "visible",
			})
		}
	}
	return g
}

// classroom50Result is result.json of Classroom 50:
// https://github.com/foundation50/classroom50/wiki/Advanced-Autograding. When it was graded, and
// who pushed it, its runner writes there itself.
type classroom50Result struct {
	Schema         string            `json:"schema"`
	Classroom      string            `json:"classroom"`
	Assignment     string            `json:"assignment"`
	AssignmentType string            `json:"assignment_type"`
	Owner          string            `json:"owner"`
	Submission     string            `json:"submission"`
	Commit         string            `json:"commit"`
	Release        string            `json:"release"`
	Review         string            `json:"review"`
	Datetime       string            `json:"datetime"` // of the submission: a new grade does not change it
	Score          int               `json:"score"`
	MaxScore       int               `json:"max-score"`
	Tests          []classroom50Test `json:"tests"`
}

type classroom50Test struct {
	Name     string `json:"test-name"`
	Passed   bool   `json:"passed"`
	Score    int    `json:"score"`
	MaxScore int    `json:"max-score"`
}

// classroom50Needs are the variables of the runner's that may not be empty in the result.
var classroom50Needs = []string{"CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"}

// Classroom50 returns Classroom 50's result.json. Its scores are whole numbers, and the score
// of all is the sum of the tests', so each step is one test, and has its share of the whole
// points rounded down until it is done. Whose it is stands in the environment.
func Classroom50(r result.Result, getenv func(string) string) any {
	c := classroom50Result{
		Schema: "classroom50/result/v1", Classroom: getenv("CLASSROOM"), Assignment: getenv("ASSIGNMENT"),
		AssignmentType: cmp.Or(getenv("ASSIGNMENT_TYPE"), "individual"), Owner: cmp.Or(getenv("OWNER"), getenv("USERNAME"), r.ID),
		Submission: getenv("SUBMISSION_TAG"), Commit: getenv("COMMIT_URL"), Release: getenv("RELEASE_URL"),
		Review: cmp.Or(getenv("REVIEW_URL"), getenv("COMMIT_URL")), Datetime: r.Submission.Received.UTC().Format("2006-01-02T15:04:05Z"),
		Tests: []classroom50Test{},
	}
	before := 0.0
	for _, s := range r.Steps {
		t := classroom50Test{Name: strings.TrimSpace(number(r, s) + " " + s.Title), Passed: s.Done(), MaxScore: whole(before+s.Max) - whole(before)}
		before += s.Max
		if s.Max > 0 {
			t.Score = int(float64(t.MaxScore)*s.Score/s.Max*r.Factor + 1e-6)
		}
		c.Score += t.Score
		c.MaxScore += t.MaxScore
		c.Tests = append(c.Tests, t)
	}
	return c
}

func whole(x float64) int { return int(x + 0.5) }
