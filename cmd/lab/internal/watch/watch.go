// Package watch shows how far the learner is, and does so again each time he saves a
// file of a chapter; where there is a keyboard, its keys ask for more.
package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/hint"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/page"
	"tcpworkbook/cmd/lab/internal/play"
	"tcpworkbook/cmd/lab/internal/saves"
	"tcpworkbook/cmd/lab/internal/show"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab watch shows how far you are, and does so again each time you save a file of
a chapter. Only that chapter's tests are run again.

  h  the next hint              n  the next step that is not done
  l  the whole ladder           p  the one before it
  s  the failing test's conversation, in your browser
  a  when a step is done, the   Enter  the first that is not done
     answer to its question     q  quit (so does Ctrl-C)
  any other key goes back to the step

Where the output is no terminal it is written one page after the other, and
where the input is none there are no keys.
`,
	Korean: `lab watch는 어디까지 왔는지 보여 주고, 장의 파일을 저장할 때마다 다시 보여
줍니다. 그때는 그 장의 테스트만 다시 실행합니다.

  h  다음 힌트                  n  아직 마치지 못한 다음 단계
  l  사다리 그림 전체           p  그 앞 단계
  s  실패한 테스트의 대화를 브라우저에서 보기
  a  마친 단계의 생각해 볼      Enter  아직 마치지 못한 첫 단계
     문제의 답                  q  끝내기(Ctrl-C도 같음)
  다른 키를 누르면 단계로 돌아갑니다

출력이 터미널이 아니면 화면을 차례로 이어서 쓰고, 입력이 터미널이 아니면 키를
쓸 수 없습니다.
`,
}

// Run is `lab watch`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("watch", help, args)
	if over {
		return exit
	}
	if len(args) > 0 {
		return t.Misused("lab watch: there is nothing to do with %.20q", args[0])
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab watch: %v", err)
	}
	b.Compile(ctx, t)
	saved, err := saves.Watch(b.Root, b.Chapters)
	if err != nil {
		return t.Failed("lab watch: %v", err)
	}
	defer saved.Close()
	screen, keys, restore, err := openScreen(t)
	if err != nil {
		return t.Failed("lab watch: %v", err)
	}
	w := newWatch(b, t, screen)
	err = w.loop(ctx, saved.C, keys, resized(ctx))
	restore()
	if err != nil {
		return t.Failed("lab watch: %v", err)
	}
	if screen.inPlace {
		t.Show(w.Page.Lines(t, t.Width(), page.Longest)) // so that it is still there afterwards
	}
	return terminal.ExitOK
}

// watch is `lab watch` while it runs.
type watch struct {
	*page.Page
	t      *terminal.Terminal
	screen *screen
	chosen bool // the page is about this for a reason, and not because it is the first to do
	view   view
	hint   []string // what the hint view shows
	status string   // the last line

	run     func(ctx context.Context, chapters []workbook.Chapter, tell func(check.Result)) []check.Result
	now     func() time.Time
	turn    int                         // counts the runs, so that late results of an older one are known
	dirty   map[string]workbook.Chapter // what has been saved and has no result yet
	cancel  context.CancelFunc          // ends the run that is under way
	results chan told                   // of the runs
	before  map[string]check.Result     // the last results of chapters that compiled, which the next are compared with
	fresh   bool                        // a run has come to its end and was not shown yet

	record func(ctx context.Context, s check.Step) (*story.Recording, []string, error)
	shown  chan shown   // what became of showing a test
	behind *play.Server // of the page that was opened last; nil for none
}

// shown is what became of showing the conversation of a test that fails.
type shown struct {
	recording *story.Recording // nil where there is none
	instead   []string         // what to say then
	err       error
}

// told is a result, or the end, of a run.
type told struct {
	turn   int
	result check.Result
	over   bool
}

// view is what is shown below the overview.
type view int

const (
	viewStep view = iota
	viewHint
	viewLadder
	viewAfter // what there is to say of a step that has just been done
)

func newWatch(b *book.Book, t *terminal.Terminal, s *screen) *watch {
	p := page.New(b, nil)
	if s.keys {
		p.Ask, p.ForMore = t.Say("press h"), t.Say("press a")
	}
	w := &watch{
		Page: p, t: t, screen: s, run: check.Chapters, now: time.Now,
		dirty: make(map[string]workbook.Chapter), cancel: func() {}, results: make(chan told),
		before: make(map[string]check.Result), shown: make(chan shown, 1),
	}
	w.record = func(ctx context.Context, s check.Step) (*story.Recording, []string, error) {
		return show.Record(ctx, t, b, s, "")
	}
	return w
}

// loop shows what there is to see until q is pressed or the context ends.
func (w *watch) loop(ctx context.Context, saved <-chan []workbook.Chapter, keys <-chan byte, resized <-chan struct{}) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	defer w.closePage()
	w.check(ctx, w.Book.Chapters)
	for {
		w.draw()
		select {
		case <-ctx.Done():
			return nil
		case chapters := <-saved:
			w.check(ctx, chapters)
		case told := <-w.results:
			w.take(told)
		case s := <-w.shown:
			w.openPage(s)
		case <-resized:
			w.screen.forget()
		case key := <-keys:
			again, err := w.press(ctx, key)
			if err != nil || !again {
				return err
			}
		}
	}
}

// check begins to run the tests of some chapters, and of those whose run it
// interrupts.
func (w *watch) check(ctx context.Context, chapters []workbook.Chapter) {
	w.cancel()
	ctx, w.cancel = context.WithCancel(ctx)
	for _, c := range chapters {
		w.dirty[c.Name] = c
	}
	w.turn++
	turn := w.turn
	all := make([]workbook.Chapter, 0, len(w.dirty))
	for _, c := range w.Book.Chapters {
		if _, is := w.dirty[c.Name]; is {
			all = append(all, c)
		}
	}
	w.status = w.t.Say("running the tests …")
	if len(all) == 1 {
		w.status = w.t.Say("running the tests of %s …", all[0].Name)
	}
	send := func(t told) {
		select {
		case w.results <- t:
		case <-ctx.Done():
		}
	}
	go func() {
		w.run(ctx, all, func(r check.Result) { send(told{turn: turn, result: r}) })
		send(told{turn: turn, over: true})
	}()
}

// take takes a result, or the end of a run.
func (w *watch) take(told told) {
	if told.turn != w.turn {
		return
	}
	if told.over {
		if told.turn == 1 {
			w.status = w.t.Say("waiting for you to save a file")
		}
		w.aim()
		w.follow(told.turn == 1)
		w.fresh = true
		return
	}
	r := told.result
	w.Page.Results[r.Chapter.Name] = r
	delete(w.dirty, r.Chapter.Name)
	w.status = fmt.Sprintf("%s  %s", w.now().Format("15:04:05"), w.verdict(r))
	if r.Compiles() {
		w.before[r.Chapter.Name] = r
	}
	if len(w.Page.Results) == len(w.Book.Chapters) {
		if !r.Compiles() { // what was just saved comes first
			w.chosen = true
			w.point(page.Target{Chapter: r.Chapter.Name})
		}
		w.aim()
	}
}

// follow goes where something has changed: to a step that has just been done, to one that
// was done before and is no longer, or, when that is mended, back.
func (w *watch) follow(first bool) {
	now := w.now()
	news, err := w.Book.Note(w.All(), now)
	if err != nil {
		w.status = err.Error()
	}
	if last := page.LastTime(w.t, news, now); first && last != "" {
		w.status = last
	}
	if changed := page.Changed(w.t, news.Changes); changed != "" {
		w.status = layout.Shorten(changed, w.t.Width())
	}
	if w.view == viewAfter {
		w.view = viewStep
	}
	switch w.Won = nil; {
	case len(news.Lost) > 0:
		w.chosen = true
		w.point(page.Target{Chapter: news.Lost[0].Chapter.Name, Step: news.Lost[0].Number})
	case len(news.Won) > 0:
		w.chosen = false
		w.aim()
		w.Won, w.Answers = &news.Won[len(news.Won)-1], false
		w.view = viewAfter
	case len(news.Mended) > 0:
		w.chosen = false
		w.aim()
	}
}

// verdict says what a run of a chapter has changed since the last one that compiled.
func (w *watch) verdict(now check.Result) string {
	before, ran := w.before[now.Chapter.Name]
	var won, lost []string
	for i, s := range now.Steps {
		was := i < len(before.Steps) && before.Steps[i].Done()
		switch {
		case !ran || !now.Compiles():
		case s.Done() && !was:
			won = append(won, book.StepName(s))
		case !s.Done() && was:
			lost = append(lost, book.StepName(s))
		}
	}
	switch {
	case !now.Compiles():
		return w.t.Styled("31", w.t.Say("%s does not compile", now.Chapter.Name))
	case len(lost) > 0:
		return w.t.Styled("31", w.t.Say("no longer done: %s", strings.Join(lost, ", ")))
	case len(won) > 0:
		return w.t.Styled("32", w.t.Say("done: %s", strings.Join(won, ", ")))
	}
	return w.t.Say("%s was run", now.Chapter.Name)
}

// aim points at what is to be done first, unless it points at something else that
// is to be done, and for a reason.
func (w *watch) aim() {
	all := w.Unfinished()
	if len(all) == 0 {
		w.point(page.Target{})
	} else if !w.chosen || !slices.Contains(all, w.Next) {
		w.chosen = false
		w.point(all[0])
	}
}

// point points at something else to do.
func (w *watch) point(next page.Target) {
	if next != w.Next {
		w.view = viewStep
	}
	w.Next = next
}

// press does what a key asks for. It returns false for the one that quits.
func (w *watch) press(ctx context.Context, key byte) (again bool, err error) {
	const ctrlC, ctrlD, enter = 3, 4, '\r'
	s, isStep := w.Step()
	switch {
	case key == 'q' || key == ctrlC || key == ctrlD:
		return false, nil
	case key == 'h' && isStep:
		w.view = viewHint
		w.hint, err = hint.Next(w.t, w.Book, s, w.Ask, w.t.Width())
	case key == 'l' && w.view != viewLadder && len(s.Failures) > 0:
		w.view = viewLadder
	case key == 's' && len(s.Failures) > 0:
		w.show(ctx, s)
	case key == 'a' && w.view == viewAfter:
		w.Answers = !w.Answers
	case key == 'n':
		w.skip(1)
	case key == 'p':
		w.skip(-1)
	case key == enter && w.view == viewStep:
		w.chosen = false
		w.aim()
	default:
		w.view = viewStep
	}
	if w.view != viewAfter {
		w.Won = nil
	}
	return true, err
}

// show has the step's first test that fails recorded.
func (w *watch) show(ctx context.Context, s check.Step) {
	w.status = w.t.Say("running the tests of step %s …", book.StepName(s))
	go func() {
		var of shown
		of.recording, of.instead, of.err = w.record(ctx, s)
		select {
		case w.shown <- of:
		case <-ctx.Done():
		}
	}()
}

// openPage opens the page with a recording, in the place of the one before.
func (w *watch) openPage(of shown) {
	if of.err == nil && of.recording == nil {
		w.status = of.instead[0]
		return
	}
	w.closePage()
	if of.err == nil {
		w.behind, of.err = play.ServeRecording(w.t.Edition, of.recording, 0)
	}
	if of.err != nil {
		w.status = of.err.Error()
		return
	}
	w.status = w.behind.Open(w.t, false)
}

func (w *watch) closePage() {
	if w.behind != nil {
		w.behind.Close()
		w.behind = nil
	}
}

// skip points at another thing that is to be done: so many further on, or back.
func (w *watch) skip(by int) {
	all := w.Unfinished()
	if len(all) > 0 {
		w.chosen, w.view = true, viewStep
		w.point(all[(slices.Index(all, w.Next)+by+len(all))%len(all)])
	}
}

// keyHelp is what the last line says about keys, in each view.
var keyHelp = map[view]language.Text{
	viewStep:   {English: "h hint · l ladder · s show · n p steps · q quit", Korean: "h 힌트 · l 사다리 · s 대화 · n p 단계 · q 끝내기"},
	viewAfter:  {English: "a answer · any other key on · q quit", Korean: "a 답 · 다른 키 계속 · q 끝내기"},
	viewHint:   {English: "h next hint · any other key back · q quit", Korean: "h 다음 힌트 · 다른 키 돌아가기 · q 끝내기"},
	viewLadder: {English: "any key back · q quit", Korean: "아무 키나 돌아가기 · q 끝내기"},
}

// draw shows what there is to see now.
func (w *watch) draw() {
	width, height := w.t.Width(), page.Longest+1
	if _, h := w.t.Size(); h > 0 {
		height = h
	}
	if !w.screen.inPlace {
		if w.fresh {
			w.screen.append(w.Lines(w.t, width, page.Longest), w.status, w.t.Say("nothing new"))
			w.fresh = false
		}
		return
	}
	room := height - 2 // an empty line and the status
	lines := append(w.Overview(w.t, width), "")
	switch s, isStep := w.Step(); {
	case len(w.Page.Results) < len(w.Book.Chapters):
		// There is nothing to say before every chapter has run once.
	case w.view == viewHint:
		lines = append(lines, w.hint...)
	case w.view == viewLadder && isStep && len(s.Failures) > 0:
		lines = w.ladder(s, room)
	default:
		switch whole := w.Task(w.t, width, 1<<20); {
		case len(lines)+len(whole) <= room:
		case w.view == viewAfter: // what is said now is read now
			lines = nil
		default: // of the chapters, that of the step has to do
			lines = slices.DeleteFunc(lines, func(line string) bool { return line != "" && !strings.HasPrefix(line, "▸") })
		}
		lines = append(lines, w.Task(w.t, width, room-len(lines))...)
	}
	if len(lines) > room {
		lines = lines[:max(room, 0)]
	}
	status := w.statusLines(width)
	if len(status) > 1 { // in the place of the empty line
		lines = append(lines, make([]string, max(room-len(lines), 0))...)
		lines = append(lines, status[0])
	}
	w.screen.draw(lines, status[len(status)-1], height)
}

// ladder returns the whole message of a step's first failed test; its end, when
// the screen has no room for all.
func (w *watch) ladder(s check.Step, room int) []string {
	width, _ := w.t.Size()
	lines := page.Failure(w.t, s.Failures[0], width, 1<<20)
	head := []string{w.t.Styled("1;36", layout.Shorten(book.StepTitle(s), width)), ""}
	if over := len(head) + len(lines) - room; over > 0 && over < len(lines) {
		lines = lines[over:]
	}
	return append(head, lines...)
}

// statusLines is the last line of the screen, with the keys at its right; two lines where
// that is too long.
func (w *watch) statusLines(width int) []string {
	if !w.screen.keys {
		return []string{w.status}
	}
	keys := keyHelp[w.view].In(w.t.Edition)
	gap := width - layout.VisibleWidth(w.status) - layout.VisibleWidth(keys)
	if gap < 2 {
		return []string{w.status, w.t.Dim(keys)}
	}
	return []string{w.status + strings.Repeat(" ", gap) + w.t.Dim(keys)}
}
