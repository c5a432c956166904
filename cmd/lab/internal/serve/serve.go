// Package serve serves a page to a real browser, which shows the sockets that serve it.
package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"time"

	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/mine"
	"tcpworkbook/cmd/lab/internal/terminal"
)

var help = language.Text{
	English: `lab serve keeps serving a page, on the TCP of this workbook, to any browser on
this machine, until Ctrl-C. The page shows live the server's sockets, and the
ladder of the connection that fetched it.

  --real             reach it through a TUN device (Linux, root): the only way,
                     for a browser uses the operating system's own TCP
  --mine             on your own TCP: your chapters where every step is done,
                     the reference's where not
  --msl %v          maximum segment lifetime; TIME-WAIT lasts twice that
`,
	Korean: `lab serve는 Ctrl-C를 누를 때까지, 이 워크북의 TCP 위에서 이 컴퓨터의 브라우저에
페이지를 보내 줍니다. 페이지는 서버의 소켓들과, 그 페이지를 가져온 연결의 사다리
그림을 실시간으로 보여 줍니다.

  --real             TUN 장치를 거쳐 접속하기 (Linux, 루트). 브라우저는
                     운영체제의 TCP를 쓰므로 이 길뿐입니다
  --mine             여러분의 TCP로: 모든 단계를 마친 장은 여러분의 것,
                     나머지는 참조 구현
  --msl %v          최대 세그먼트 수명. TIME-WAIT는 그 두 배
`,
}

// flags is how `lab serve` was called.
type flags struct {
	real, mine bool
	msl        time.Duration
}

// parse reads the arguments. The error is flag.ErrHelp when help was asked
// for, else one line.
func parse(args []string) (*flags, error) {
	f := &flags{msl: life.ServeMSL}
	set := flag.NewFlagSet("lab serve", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&f.real, "real", false, "")
	set.BoolVar(&f.mine, "mine", false, "")
	set.Func("msl", "", func(text string) (err error) { f.msl, err = life.ParseMSL(text); return err })
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("there is nothing to do with %.20q", set.Arg(0))
	case !f.real:
		return nil, errors.New(wayIn(runtime.GOOS))
	}
	return f, nil
}

// wayIn says what it takes for a browser to come to the server.
func wayIn(system string) string {
	if system != "linux" {
		return "a browser could only come in through a TUN device, which is Linux only here; lab trace works everywhere"
	}
	return "no browser can come in; add --real, as root (sudo), to serve through a TUN device"
}

// Run is `lab serve`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	f, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		t.Printf(help.In(t.Edition), life.ServeMSL)
		return terminal.ExitOK
	}
	if err != nil {
		return t.Misused("lab serve: %v", err)
	}
	if f.mine && !mine.Composed {
		if err := life.Servable(); err != nil { // known now, not only when all tests have run
			return t.Failed("lab serve: %v", err)
		}
		return mine.Run(ctx, t, append([]string{"serve"}, args...))
	}
	if why := mine.Missing(); why != "" {
		return t.Failed("lab serve: %s", why)
	}
	if err := serve(ctx, t, f); err != nil {
		return t.Failed("lab serve: %v", err)
	}
	return terminal.ExitOK
}

// serve serves until the context ends.
func serve(ctx context.Context, t *terminal.Terminal, f *flags) error {
	chapters, _ := mine.Chapters()
	o := life.ServeOptions{Chapters: chapters, MSL: f.msl, Language: t.Edition.Name(), Say: t.Phrase}
	if first, rest := mine.Owners(); first != "" {
		o.Owners = t.Phrase(first) + t.Phrase(rest)
	}
	o.Ready = func(page string) {
		mine.WriteOwners(t)
		t.Printf("%s\n", t.Say("Open %s in a browser on this machine.", t.Bold(page)))
		t.Printf("%s\n", t.Say("It shows the server's sockets, live, and the ladder of its own connection."))
		t.Printf("%s\n", t.Dim(t.Say("Ctrl-C ends it.")))
	}
	if err := life.Serve(ctx, o); err != nil {
		return err
	}
	t.Printf("%s\n", t.Say("The server, its connections and its device are gone."))
	return nil
}
