// Package terms reads what a teacher has decided: course.toml and roster.csv.
package terms

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"tcpworkbook/kit/workbook"
)

// Course is course.toml. The zero value with Defaults is a course without one.
type Course struct {
	Name     string             `toml:"name"`
	Seed     int64              `toml:"seed"`     // of what varies in the tests from course to course
	Language string             `toml:"language"` // of feedback and report: "en", or "ko"
	Given    float64            `toml:"given"`    // what a step is worth that lab catchup gave, 0 to 1
	Version  Version            `toml:"version"`  // which of several submissions counts
	Chapters map[string]Chapter `toml:"chapters"` // by number: "3"
}

// Chapter is what holds for one chapter.
type Chapter struct {
	Points     float64             `toml:"points"`     // for all of it; 100 by default
	Steps      []float64           `toml:"steps"`      // how they are shared among the steps; equally by default
	Score      Score               `toml:"score"`      // "tests" or "steps"
	Deadline   time.Time           `toml:"deadline"`   // none by default
	Late       []Late              `toml:"late"`       // what a late one is worth; everything by default
	Extensions map[string]Duration `toml:"extensions"` // more time, by student
	Release    time.Time           `toml:"release"`    // before it the solution is not handed out
}

// Late is what a submission is worth that comes within a time after its deadline.
type Late struct {
	Within Duration `toml:"within"`
	Factor float64  `toml:"factor"` // 0 to 1
}

// Score is how a step's points come about.
type Score string

// By tests each test has its share of the step's points; by steps all of them must pass.
const (
	ByTests Score = "tests"
	BySteps Score = "steps"
)

// Version is which of a student's submissions counts.
type Version string

// The versions.
const (
	Last Version = "last"
	Best Version = "best"
)

// Duration is a time.Duration that may be written in days: "2d", "36h".
type Duration time.Duration

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	if days, isDays := strings.CutSuffix(string(text), "d"); isDays {
		n, err := strconv.ParseFloat(days, 64)
		*d = Duration(n * 24 * float64(time.Hour))
		return err
	}
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// Load reads course.toml; where there is none, it is a course without one.
func Load(file string) (Course, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Course{Version: Last}, nil
	}
	if err != nil {
		return Course{}, err
	}
	c, err := parse(text)
	if err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

func parse(text []byte) (Course, error) {
	c := Course{Version: Last}
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&c)
	var strict *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &strict):
		return c, fmt.Errorf("there is no such setting:\n%s", strict.String())
	case errors.As(err, &wrong):
		return c, fmt.Errorf("\n%s", wrong.String())
	case err != nil:
		return c, err
	}
	return c, c.check()
}

// check says what is not possible.
func (c Course) check() error {
	if c.Given < 0 || c.Given > 1 {
		return fmt.Errorf("given is %v, and is to be between 0 and 1", c.Given)
	}
	if _, err := c.Edition(); err != nil {
		return err
	}
	if c.Version != Last && c.Version != Best {
		return fmt.Errorf("version is %q, and is to be %q or %q", c.Version, Last, Best)
	}
	for number, chapter := range c.Chapters {
		if n, err := strconv.Atoi(number); err != nil || n < 1 {
			return fmt.Errorf("[chapters.%s]: a chapter is named by its number", number)
		}
		if err := chapter.check(); err != nil {
			return fmt.Errorf("[chapters.%s]: %w", number, err)
		}
	}
	return nil
}

// Edition returns the language that students and the report are told in.
func (c Course) Edition() (workbook.Edition, error) {
	if c.Language == "" {
		return workbook.English, nil
	}
	e, exists := workbook.EditionOf(c.Language)
	if !exists {
		return e, fmt.Errorf("language is %q, and is to be \"en\" or \"ko\"", c.Language)
	}
	return e, nil
}

func (c Chapter) check() error {
	if c.Points < 0 {
		return fmt.Errorf("points is %v", c.Points)
	}
	if c.Score != "" && c.Score != ByTests && c.Score != BySteps {
		return fmt.Errorf("score is %q, and is to be %q or %q", c.Score, ByTests, BySteps)
	}
	for _, s := range c.Steps {
		if s < 0 {
			return fmt.Errorf("steps has %v in it", s)
		}
	}
	within := Duration(0)
	for _, l := range c.Late {
		if l.Within <= within {
			return fmt.Errorf("late: each within is to be longer than the one before")
		}
		if l.Factor < 0 || l.Factor > 1 {
			return fmt.Errorf("late: factor is %v, and is to be between 0 and 1", l.Factor)
		}
		within = l.Within
	}
	if len(c.Late) > 0 && c.Deadline.IsZero() {
		return fmt.Errorf("late: there is no deadline")
	}
	return nil
}

// Chapter returns what holds for a chapter, with the defaults for what was not said.
func (c Course) Chapter(of workbook.Chapter) Chapter {
	chapter := c.Chapters[strconv.Itoa(of.Number)]
	if chapter.Points == 0 {
		chapter.Points = 100
	}
	if chapter.Score == "" {
		chapter.Score = ByTests
	}
	return chapter
}

// Shares returns the most points that each of n steps is worth. There is an error if
// course.toml shares them among another number of steps.
func (c Chapter) Shares(n int) ([]float64, error) {
	if len(c.Steps) != 0 && len(c.Steps) != n {
		return nil, fmt.Errorf("course.toml shares the points among %d steps, and the chapter has %d", len(c.Steps), n)
	}
	sum := 0.0
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = 1
		if len(c.Steps) > 0 {
			shares[i] = c.Steps[i]
		}
		sum += shares[i]
	}
	if sum == 0 {
		return nil, fmt.Errorf("course.toml gives points to no step")
	}
	for i := range shares {
		shares[i] *= c.Points / sum
	}
	return shares, nil
}

// Lateness returns how late something is that a student handed in, and what it is worth
// for that. Without a deadline, or without a time, nothing is late.
func (c Chapter) Lateness(student string, received time.Time) (late time.Duration, factor float64) {
	if c.Deadline.IsZero() || received.IsZero() {
		return 0, 1
	}
	late = received.Sub(c.Deadline.Add(time.Duration(c.Extensions[student])))
	if late <= 0 {
		return 0, 1
	}
	if len(c.Late) == 0 {
		return late, 1
	}
	for _, l := range c.Late {
		if late <= time.Duration(l.Within) {
			return late, l.Factor
		}
	}
	return late, 0
}

// Published returns when the solution may be seen: after the last day on which somebody
// may still hand in, and not before Release. The zero time is always.
func (c Chapter) Published() time.Time {
	at := c.Release
	if c.Deadline.IsZero() {
		return at
	}
	last := c.Deadline
	for _, e := range c.Extensions {
		if extended := c.Deadline.Add(time.Duration(e)); extended.After(last) {
			last = extended
		}
	}
	if n := len(c.Late); n > 0 {
		last = last.Add(time.Duration(c.Late[n-1].Within))
	}
	if last.After(at) {
		at = last
	}
	return at
}
