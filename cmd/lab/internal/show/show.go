// Package show shows the conversation of a test that fails, on the page of lab play: each
// thing that has happened, the socket after it, and what was wanted beside what there was.
package show

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/page"
	"tcpworkbook/cmd/lab/internal/play"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab show opens a page in your browser with the conversation of the test that
fails. Go through it, forth and back, and see your socket after each segment;
where it goes wrong, what was wanted stands beside what there was. What has been
recorded is shown: nothing can be acted on.

  lab show           the test that you are at
  lab show 3.6       the first that fails of chapter 3, step 6
  lab show NAME      a test, such as TestStep6_Retransmission

  --port N           serve on this port of 127.0.0.1; else 9293, if it is free
  --no-open          print the address, and open no browser
  --export FILE      serve nothing, and write the page into one file, whose name
                     ends in .html
`,
	Korean: `lab show는 실패한 테스트의 대화를 브라우저 페이지로 보여 줍니다. 앞뒤로 오가며
세그먼트마다 소켓이 어떻게 바뀌었는지 살펴봅시다. 잘못된 곳에서는 기대한 것과
실제로 나온 것을 나란히 보여 줍니다. 녹화된 것이므로 동작을 바꿀 수는 없습니다.

  lab show           지금 단계에서 실패한 테스트
  lab show 3.6       3장 6단계에서 처음 실패한 테스트
  lab show 이름      테스트 하나, 예: TestStep6_Retransmission

  --port N           127.0.0.1의 이 포트에서 제공. 없으면 9293(비어 있을 때)
  --no-open          주소만 출력하고 브라우저는 열지 않음
  --export 파일      서버 없이 페이지를 파일 하나에 저장(이름은 .html로 끝남)
`,
}

// flags is how `lab show` was called.
type flags struct {
	what   string // a step, or a test; "" for what the learner is at
	port   int    // 0 for any
	noOpen bool
	export string // "" to serve
}

// parse reads the arguments. The error is flag.ErrHelp when help was asked for, else one
// line.
func parse(args []string) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("lab show", flag.ContinueOnError)
	var err error
	if f.what, err = play.Arguments(set, args, &f.port, &f.noOpen, &f.export); err != nil {
		return nil, err
	}
	return f, nil
}

// Run is `lab show`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	f, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		t.Printf("%s", help.In(t.Edition))
		return terminal.ExitOK
	}
	if err != nil {
		return t.Misused("lab show: %v", err)
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab show: %v", err)
	}
	var s check.Step
	test := ""
	if f.what == "" {
		var instead []string
		s, instead, err = page.Current(ctx, t, b)
		if err == nil && s.Number == 0 {
			if instead == nil {
				instead = []string{t.Say("Every step is done: no test fails.")}
			}
			t.Show(instead)
			return terminal.ExitOK
		}
	} else if s, test, err = find(b, f.what); err != nil {
		return t.Misused("lab show: %v", err)
	}
	if err == nil {
		err = run(ctx, t, b, f, s, test)
	}
	return t.Ended(ctx, "lab show", err)
}

// find finds the step that is meant, and the test, where it is one.
func find(b *book.Book, what string) (check.Step, string, error) {
	if !strings.HasPrefix(what, "Test") {
		s, err := b.Step(what)
		return s, "", err
	}
	for _, c := range b.Order() {
		for _, s := range check.Steps(c) {
			if slices.Contains(s.Tests, what) {
				return s, what, nil
			}
		}
	}
	return check.Step{}, "", fmt.Errorf("no step has a test %.60q", what)
}

func run(ctx context.Context, t *terminal.Terminal, b *book.Book, f *flags, s check.Step, test string) error {
	t.Passing(t.Say("running the tests of step %s …", book.StepName(s)))
	r, instead, err := Record(ctx, t, b, s, test)
	t.Passing("")
	switch {
	case err != nil:
		return err
	case r == nil:
		t.Show(instead)
		return nil
	case f.export != "":
		return play.ExportRecording(t, r, f.export)
	}
	behind, err := play.ServeRecording(t.Edition, r, f.port)
	if err != nil {
		return err
	}
	defer behind.Close()
	t.Printf("%s\n", t.Bold(r.Test))
	t.Printf("%s\n", behind.Open(t, f.noOpen))
	t.Printf("%s\n", t.Dim(t.Say("Ctrl-C ends this.")))
	select {
	case <-ctx.Done():
		return nil
	case err := <-behind.Ended:
		return err
	}
}

// Record runs a step's tests, or one of them, and returns the conversation of the first that
// fails. Where there is none it returns what to say instead.
func Record(ctx context.Context, t *terminal.Terminal, b *book.Book, s check.Step, test string) (*story.Recording, []string, error) {
	scratch, err := os.MkdirTemp("", "lab-show")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(scratch)
	file := filepath.Join(scratch, "recording")
	result := check.Record(ctx, s, test, file)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if !result.Compiles() {
		return nil, page.New(b, []check.Result{result}).Task(t, t.Width(), page.Longest), nil
	}
	failures := failuresOf(result, s, test)
	if len(failures) == 0 {
		if test != "" {
			return nil, []string{t.Say("%s passes: there is nothing to show.", test)}, nil
		}
		return nil, []string{t.Say("Step %s is done: none of its tests fails.", book.StepName(s))}, nil
	}
	all, err := read(file)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range failures {
		for i := range all {
			if all[i].Test == f.Test {
				return &all[i], nil, nil
			}
		}
	}
	head := t.Say("%s fails, but it has no conversation to show. It says:", failures[0].Test)
	return nil, append([]string{head, ""}, page.Failure(t, failures[0], t.Width(), page.Longest)...), nil
}

// failuresOf returns the failures of a step, or of one test of it.
func failuresOf(r check.Result, s check.Step, test string) (all []workbook.Failure) {
	for _, other := range r.Steps {
		if other.Number != s.Number {
			continue
		}
		for _, f := range other.Failures {
			if name, _, _ := strings.Cut(f.Test, "/"); test == "" || name == test {
				all = append(all, f)
			}
		}
	}
	return all
}

// read reads the recordings in a file; none where there is no file.
func read(file string) (all []story.Recording, err error) {
	in, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer in.Close()
	decoder := json.NewDecoder(bufio.NewReader(in))
	for {
		var r story.Recording
		switch err := decoder.Decode(&r); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the tests were stopped as they wrote
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("the recording: %w", err)
		}
		all = append(all, r)
	}
}
