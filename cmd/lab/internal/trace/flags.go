package trace

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/mine"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/ladder"
)

// flags is how `lab trace` was called.
type flags struct {
	life      life.Options
	pcap, svg string // files to write; "" for none
	real      bool
	mine      bool // with the learner's chapters
	plain     bool // nothing special was asked for
	raw       bool
	tale      string // the one to play, by its flag; "" for none
	compare   bool   // with the reference
}

// parse reads the arguments. The error is flag.ErrHelp when help was asked
// for, else one line.
func parse(args []string) (*flags, error) {
	chapters, own := mine.Chapters()
	f := &flags{life: life.Options{Chapters: chapters, Mine: own, Closer: ladder.Right}}
	set := flagSet(f)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	f.plain = set.NFlag() == 0
	given := make(map[string]bool)
	set.Visit(func(one *flag.Flag) { given[one.Name] = true })
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("there is nothing to do with %.20q", set.Arg(0))
	case f.compare && !f.mine:
		return nil, errors.New("-compare is of your own TCP with the reference's: give -mine too")
	case (f.tale != "" || f.compare) && len(given) > 1+len(taleCompanions(given)):
		return nil, errors.New("-cross, -reboot and -compare go with -mine and -raw only")
	case given["seed"] && !given["loss"]:
		return nil, errors.New("-seed is of the dice for -loss: give that too")
	case given["loss"] && !given["seed"]:
		f.life.Seed = uint64(rand.Uint32())
	}
	return f, nil
}

func flagSet(f *flags) *flag.FlagSet {
	set := flag.NewFlagSet("lab trace", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	f.life.Path = "/lifecycle"
	f.life.MSL = life.DefaultMSL
	set.Func("url", "", func(text string) (err error) { f.life.Path, err = parsePath(text); return err })
	set.Func("lose", "", func(text string) (err error) { f.life.Lose, err = life.ParseLosses(text); return err })
	set.Func("loss", "", func(text string) (err error) { f.life.Loss, err = parseShare(text); return err })
	set.Uint64Var(&f.life.Seed, "seed", 0, "")
	set.Func("msl", "", func(text string) (err error) { f.life.MSL, err = life.ParseMSL(text); return err })
	set.Func("who", "", func(text string) (err error) { f.life.Closer, err = parseSide(text); return err })
	set.StringVar(&f.pcap, "pcap", "", "")
	set.StringVar(&f.svg, "svg", "", "")
	set.BoolVar(&f.raw, "raw", false, "")
	set.BoolVar(&f.real, "real", false, "")
	set.BoolVar(&f.mine, "mine", false, "")
	set.BoolVar(&f.compare, "compare", false, "")
	for _, c := range tales {
		set.BoolFunc(c.flag, "", func(string) error { f.tale = c.flag; return nil })
	}
	return set
}

// taleCompanions are the flags that may be given beside one that plays a conversation from
// a text.
func taleCompanions(given map[string]bool) (companions []string) {
	for _, name := range []string{"mine", "raw"} {
		if given[name] {
			companions = append(companions, name)
		}
	}
	return companions
}

// help is in the order in which a learner will want the flags.
var help = language.Text{
	English: `lab trace lets a browser fetch a page from a web server, both on the TCP of this
workbook, and draws what happens from the first socket's creation to the last
one's deletion.

  --mine             on your own TCP: your chapters where every step is done,
                     the reference's where not. Headings say which are yours,
                     and a mark at each line what your code did
  --mine --compare   where your ladder leaves the reference's
  --cross            two SYNs cross: both ends open at once
  --reboot           one end forgets the conversation, and the other goes on
  --url PATH         the page: %s
  --who SIDE         who closes first, and so waits in the end: server, client
  --lose SEGMENTS    lose these once, to see them sent again (fin or fin,ack):
%s  --loss 20%%         lose any segment with this probability
  --seed 7           the dice for --loss; the same seed, the same luck
  --msl 500ms        maximum segment lifetime; TIME-WAIT lasts twice that
  --raw              show the numbers as they are on the wire, too (wide lines)
  --pcap FILE        write the packets for Wireshark (pcapng)
  --svg FILE         write the ladder as a picture
  --real             let the operating system's own TCP, with curl, fetch the
                     page from ours, through a TUN device (Linux, root)
`,
	Korean: `lab trace는 브라우저가 웹 서버에서 페이지를 가져오게 합니다. 양쪽 모두 이
워크북의 TCP 위에서 돌아갑니다. 첫 소켓이 생길 때부터 마지막 소켓이 삭제될
때까지 무슨 일이 일어나는지 그려 줍니다.

  --mine             여러분의 TCP로: 모든 단계를 마친 장은 여러분의 것,
                     나머지는 참조 구현. 제목 줄은 어느 장이 여러분의 것인지,
                     줄마다 붙는 표시는 여러분의 코드가 무엇을 했는지 알려 줌
  --mine --compare   여러분의 사다리 그림이 참조 구현과 달라지는 곳
  --cross            두 SYN이 엇갈림: 양쪽이 동시에 열기
  --reboot           한쪽이 대화를 잊어버렸는데 다른 쪽은 계속함
  --url PATH         가져올 페이지: %s
  --who SIDE         먼저 닫고, 그래서 마지막에 기다리는 쪽: server, client
  --lose SEGMENTS    한 번 잃어버려 다시 보내게 할 것 (fin 또는 fin,ack처럼):
%s  --loss 20%%         모든 세그먼트를 이 확률로 잃어버리기
  --seed 7           --loss의 주사위. 시드가 같으면 결과도 같음
  --msl 500ms        최대 세그먼트 수명. TIME-WAIT는 그 두 배
  --raw              실제 번호도 함께 보기 (줄이 길어짐)
  --pcap FILE        패킷을 Wireshark용 파일로 저장 (pcapng)
  --svg FILE         사다리 그림을 그림 파일로 저장
  --real             운영체제의 TCP가 curl로, TUN 장치를 거쳐 우리 TCP에서
                     페이지를 가져오게 하기 (Linux, 루트)
`,
}

func writeHelp(t *terminal.Terminal) {
	losses := ""
	for name, meaning := range life.Losable() {
		losses += "                       " + layout.Padded(name, 8) + " " + t.Phrase(meaning) + "\n"
	}
	t.Printf(help.In(t.Edition), strings.Join(life.Paths, "  "), losses)
}

// parsePath reads the path of a page.
func parsePath(text string) (string, error) {
	u, err := url.ParseRequestURI(text)
	if err != nil || u.Host != "" || !strings.HasPrefix(text, "/") {
		return "", errors.New("want a path such as /lifecycle")
	}
	return text, nil
}

// parseShare reads a probability, "20%" or "0.2".
func parseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, errors.New("want a share such as 20% or 0.2")
	}
	return share, nil
}

// parseSide reads which side is meant.
func parseSide(text string) (ladder.Side, error) {
	switch text {
	case "client":
		return ladder.Left, nil
	case "server":
		return ladder.Right, nil
	}
	return 0, errors.New("want client or server")
}
