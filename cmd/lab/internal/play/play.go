// Package play shows the page to play with: this TCP, or the learner's own, in a browser,
// where each segment can be touched. It compiles the program behind the page, serves both
// to this machine, and compiles again when a file is saved; or it writes them as files.
package play

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/saves"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story/scenario"
)

var help = language.Text{
	English: `lab play [SCENARIO] opens a page in your browser. Two hosts talk there, in a
time of their own. Touch a segment that is in the air: lose it, copy it, slow it
down, change it. Go back, and do something else. Host A runs your chapters,
unfinished ones too, and host B the reference's. Each time you save a file, the
same is played again, and the first row that has changed is marked.

  SCENARIO           where to begin: 2.1 is the handshake, 5.1 the late FIN
  --ref              without your chapters: both hosts run the reference's
  --port N           serve on this port of 127.0.0.1; else 9293, if it is free
  --no-open          print the address, and open no browser
  --export PLACE     serve nothing, and write the page: into a folder, for a web
                     server, or, where PLACE ends in .html, into one file that a
                     browser opens from anywhere. Your chapters go with it: add
                     --ref to keep them out
`,
	Korean: `lab play [시나리오]는 브라우저에 페이지를 엽니다. 두 호스트가 가상의 시간 속에서
대화합니다. 전송 중인 세그먼트를 골라 유실시키고, 복제하고, 늦추고, 바꿔
봅시다. 뒤로 돌아가 다른 일을 해 볼 수도 있습니다. 호스트 A는 여러분의
장(미완성이어도 됨)을, 호스트 B는 참조 구현을 실행합니다. 파일을 저장할 때마다
같은 동작을 다시 재생하고 처음으로 달라진 행을 표시합니다.

  시나리오           시작할 곳: 2.1은 핸드셰이크, 5.1은 늦게 온 FIN
  --ref              여러분의 장 없이, 양쪽 모두 참조 구현으로
  --port N           127.0.0.1의 이 포트에서 제공. 없으면 9293(비어 있을 때)
  --no-open          주소만 출력하고 브라우저는 열지 않음
  --export 위치      페이지를 파일로 저장: 폴더(웹 서버용), 또는 어디서나 열리는
                     파일 하나(이름이 .html로 끝날 때). 여러분의 장도 들어가며,
                     --ref를 붙이면 들어가지 않음
`,
}

// flags is how `lab play` was called.
type flags struct {
	scenario string // "" for the first
	ref      bool
	port     int // 0 for any
	noOpen   bool
	export   string // "" to serve
}

// parse reads the arguments. The error is flag.ErrHelp when help was asked for, else one
// line.
func parse(args []string) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("lab play", flag.ContinueOnError)
	set.BoolVar(&f.ref, "ref", false, "")
	var err error
	if f.scenario, err = Arguments(set, args, &f.port, &f.noOpen, &f.export); err != nil {
		return nil, err
	}
	if f.scenario != "" {
		if _, err := find(scenario.All(""), f.scenario); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Run is `lab play`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	f, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		t.Printf("%s", help.In(t.Edition))
		return terminal.ExitOK
	}
	if err != nil {
		return t.Misused("lab play: %v", err)
	}
	b, err := book.Open(t.Edition)
	if err == nil {
		err = run(ctx, t, b, f)
	}
	return t.Ended(ctx, "lab play", err)
}

func run(ctx context.Context, t *terminal.Terminal, b *book.Book, f *flags) error {
	glue, err := glue(ctx)
	if err != nil {
		return err
	}
	t.Passing(t.Say("compiling the TCP for the browser …"))
	made, err := build(ctx, b, !f.ref, true)
	t.Passing("")
	if err != nil {
		return fmt.Errorf("the program behind the page does not compile:\n%w", err)
	}
	sayWhose(t, made.parts)
	s, err := newSite(glue, t.Edition, f.scenario, made.parts)
	if err != nil {
		return err
	}
	if f.export != "" {
		packed, err := packed(ctx, made.wasm)
		if err != nil {
			return err
		}
		if err := export(t, s, packed, f.export); err != nil {
			return err
		}
		if isGzip(packed) {
			t.Printf("%s\n", t.Dim(t.Say("It is packed by gzip. Where xz is installed it becomes a quarter smaller.")))
		}
		return nil
	}
	s.first.Live = true
	return serve(ctx, t, b, f, s, made)
}

// sayWhose says which of the learner's chapters are in the program.
func sayWhose(t *terminal.Terminal, parts []part) {
	for _, p := range parts {
		switch p.State {
		case "broken":
			t.Printf("%s\n", t.Say("Chapter %d does not compile: the reference stands in for it.", p.Number))
		case "unfinished":
			t.Printf("%s\n", t.Say("Chapter %d is not finished: it plays as it is.", p.Number))
		}
	}
}

// serve serves the page until the context ends.
func serve(ctx context.Context, t *terminal.Terminal, b *book.Book, f *flags, s *site, made *program) error {
	saved, err := saves.Watch(b.Root, b.Chapters)
	if err != nil {
		return err
	}
	defer saved.Close()
	behind, err := start(f.port, s, made.wasm)
	if err != nil {
		return err
	}
	defer behind.Close()
	t.Printf("%s\n", behind.Open(t, f.noOpen))
	t.Printf("%s\n", t.Dim(t.Say("Save a file of a chapter, and the page plays it. Ctrl-C ends this.")))
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-behind.Ended:
			return err
		case <-saved.C:
			if !f.ref {
				behind.again(ctx, t, b, f)
			}
		}
	}
}

// again compiles what was saved. Where that fails, the page goes on with what it has.
func (s *Server) again(ctx context.Context, t *terminal.Terminal, b *book.Book, f *flags) {
	s.tell(func(n *news) { n.Building = true })
	begin := time.Now()
	made, err := build(ctx, b, true, false)
	if err != nil {
		s.tell(func(n *news) { n.Building, n.Error = false, err.Error() })
		t.Printf("%s\n", t.Say("It does not compile; the page says why."))
		return
	}
	s.mu.Lock()
	site := *s.site
	s.mu.Unlock()
	site.first.Build = builtOf(made.parts)
	s.renew(made, &site)
	t.Printf("%s\n", t.Say("Compiled in %s, and played.", time.Since(begin).Round(100*time.Millisecond)))
}

// export writes the page: in one file where the place is one, else into a folder.
func export(t *terminal.Terminal, s *site, program []byte, place string) error {
	if strings.HasSuffix(place, ".html") {
		if err := os.WriteFile(place, []byte(s.single(program)), 0o666); err != nil {
			return err
		}
		t.Printf("%s\n", t.Say("The page is in %s: a browser opens it, from anywhere.", place))
		return nil
	}
	if err := os.MkdirAll(place, 0o777); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"index.html": s.page(), "page.css": s.css, "page.js": s.script, "worker.js": s.worker, "tcp.bin": string(program),
	} {
		if err := os.WriteFile(filepath.Join(place, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	t.Printf("%s\n", t.Say("The page is in %s: any web server can serve it.", place))
	return nil
}
