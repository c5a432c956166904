package trial

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/selftest"
	"tcpworkbook/course/internal/submission"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// atOnce is how many submissions are tried at the same time: most of those that attack wait.
const atOnce = "6"

func TestMain(m *testing.M) {
	sandbox.Init()
	flag.Parse()
	flag.Set("test.parallel", atOnce)
	status := m.Run()
	for _, s := range subjects {
		os.RemoveAll(s.dir)
	}
	os.Exit(status)
}

const root = "../../.."

// subject is a chapter that submissions are made of.
type subject struct {
	workbook.Chapter
	tests   *Tests
	dir     string // where its tests' program is
	compile sync.Once
	err     error
}

var (
	mu       sync.Mutex
	subjects = make(map[int]*subject)
)

// chapter returns a chapter with its tests, compiled once.
func chapter(t testing.TB, number int) *subject {
	mu.Lock()
	s := subjects[number]
	if s == nil {
		s = new(subject)
		subjects[number] = s
	}
	mu.Unlock()
	s.compile.Do(func() {
		chapters, err := workbook.Chapters(root, workbook.Stubs)
		if err == nil {
			s.Chapter = chapters[number-1]
			s.dir, err = os.MkdirTemp("", "trial-tests")
		}
		if err == nil {
			s.tests, err = Compile(context.Background(), root, s.Chapter, s.dir)
		}
		s.err = err
	})
	require.NoError(t, s.err)
	return s
}

func (s *subject) stub(t testing.TB) handin.Files      { return filesIn(t, s.StubFolder()) }
func (s *subject) reference(t testing.TB) handin.Files { return filesIn(t, s.SolutionFolder()) }

func filesIn(t testing.TB, folder string) handin.Files {
	files, _, err := handin.Collect(os.DirFS(folder))
	require.NoError(t, err)
	return files
}

// try builds a submission and runs it.
func (s *subject) try(t testing.TB, files handin.Files, o Options) Result {
	t.Helper()
	program, err := submission.Builder{Root: root, Chapter: s.Chapter}.Build(t.Context(), files, t.TempDir())
	require.NoError(t, err)
	result, err := s.tests.Run(t.Context(), program, o)
	require.NoError(t, err)
	return result
}

// passed are the tests that count as passed.
func (s *subject) passed(r Result) (names []string) {
	for _, test := range s.tests.All() {
		if r.Report.Outcomes[test.Name] == workbook.Passed {
			names = append(names, test.Name)
		}
	}
	return names
}

// said is everything that failures say.
func said(r Result) string {
	var all []string
	for _, test := range r.Report.FailedTests() {
		for _, f := range r.Report.Failures(test) {
			all = append(all, f.Text)
		}
	}
	return strings.Join(all, "\n")
}

// best is the sandbox that the tests are run in.
func best(t testing.TB) sandbox.Kind {
	k, err := sandbox.Find("")
	if err != nil {
		t.Skip(err)
	}
	return k
}

// TestTheReferenceAndTheStub grades both of each chapter: the one gets everything, the other
// nothing.
func TestTheReferenceAndTheStub(t *testing.T) {
	t.Parallel()
	kind := best(t)
	for number := 1; number <= 5; number++ {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			s := chapter(t, number)
			began := time.Now()
			r := s.try(t, s.reference(t), Options{Sandbox: kind, Time: 5 * time.Minute})
			assert.Equal(t, OK, r.Status, r.Why)
			assert.Len(t, s.passed(r), len(s.tests.All()), said(r))
			assert.True(t, r.Report.Passed)
			t.Logf("%d tests, CPU %v, %v", len(s.tests.All()), r.CPU, time.Since(began))
			r = s.try(t, s.stub(t), Options{Sandbox: kind, Time: 5 * time.Minute})
			assert.Equal(t, OK, r.Status, r.Why)
			assert.Empty(t, s.passed(r))
			assert.Len(t, r.Report.FailedTests(), len(s.tests.All()))
		})
	}
}

// cheats are files that a student adds to a stub, which earns nothing.
var cheats = map[string]string{
	"exits with success": `import "os"
func init() { os.Exit(0) }`,
	"exits with success later": `import ("os"; "time")
func init() { go func() { time.Sleep(20 * time.Millisecond); os.Exit(0) }() }`,
	"prints verdicts": `import ("fmt"; "os")
func init() {
	for _, to := range []*os.File{os.Stdout, os.Stderr, os.NewFile(1, ""), os.NewFile(2, "")} {
		fmt.Fprint(to, "\x16=== RUN   TestStep1_StaysInTimeWait\n\x16--- PASS: TestStep1_StaysInTimeWait (0.00s)\n\x16PASS\n")
	}
}`,
	"prints events": `import ("fmt"; "os")
func init() {
	for range 2 { fmt.Fprintln(os.NewFile(2, ""), "{\"Action\":\"pass\",\"Test\":\"TestStep1_StaysInTimeWait\"}") }
}`,
	"patches testing": `import ("testing"; "reflect"; "unsafe"; "os"; "flag")
func init() {
	os.Args = []string{os.Args[0], "-test.run=^$"}
	flag.CommandLine = flag.NewFlagSet("", flag.ContinueOnError)
	testing.Init()
	flag.Set("test.run", "^$")
	f := reflect.ValueOf((*testing.T).Fail).Pointer()
	defer func() { recover() }()
	*(*byte)(unsafe.Pointer(f)) = 0xc3
}`,
	"answers nonsense": `import "os"
func init() {
	pipe := os.NewFile(1, "")
	pipe.Write([]byte{3, 0, 0, 0, 0, 0, 0})
	pipe.Write([]byte{255, 255, 255, 255, 1, 2, 3})
}`,
	"answers before it is asked": `import "os"
func init() {
	go func() { for { os.NewFile(1, "").Write([]byte{4, 0, 0, 0, 0, 0, 0, 1}) } }()
}`,
	"answers without end": `import "os"
func init() {
	pipe := os.NewFile(1, "")
	pipe.Write([]byte{0, 0, 64, 0})
	go func() { for { pipe.Write(make([]byte, 1<<20)) } }()
}`,
	"never begins": `
func init() { select {} }`,
	"closes the pipe": `import "syscall"
func init() { syscall.Close(0); syscall.Close(1) }`,
	"panics with a verdict": `
func init() { panic("no\n\x16--- PASS: TestStep1_StaysInTimeWait (0.00s)\n\x1b[2J") }`,
}

// TestCheatsEarnNothing adds each of them to the stub.
func TestCheatsEarnNothing(t *testing.T) {
	t.Parallel()
	kind := best(t)
	s := chapter(t, 5)
	for name, text := range cheats {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := s.stub(t)
			files["cheat.go"] = []byte("package timewait\n" + text + "\n")
			require.Empty(t, files.Check())
			began := time.Now()
			r := s.try(t, files, Options{Sandbox: kind})
			assert.Empty(t, s.passed(r))
			assert.False(t, r.Report.Passed)
			assert.NotContains(t, said(r), "\x1b")
			assert.NotContains(t, said(r), "\x16")
			t.Logf("%v: %s %q", time.Since(began), r.Status, r.Why)
		})
	}
}

// TestWhoHangsEarnsNothing has each call of a stub hang. After the third nothing is called any
// more, and a test that is left to its subtests is said to have passed when all of them are
// skipped.
func TestWhoHangsEarnsNothing(t *testing.T) {
	t.Parallel()
	kind := best(t)
	for number := 1; number <= 5; number++ {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			s := chapter(t, number)
			files := s.stub(t)
			for name, text := range files {
				files[name] = method.ReplaceAll(text, []byte("$0\n\tselect {}"))
			}
			r := s.try(t, files, Options{Sandbox: kind})
			assert.Equal(t, Limits, r.Status)
			assert.Empty(t, s.passed(r))
			assert.Len(t, append(r.Report.FailedTests(), r.NotRun...), len(s.tests.All()))
		})
	}
}

// method is where a method of a chapter begins.
var method = regexp.MustCompile(`(?m)^func \(Chapter\) .*\{$`)

// TestHalfAChapterEarnsItsHalf makes a chapter of which half is right, and lies.
func TestHalfAChapterEarnsItsHalf(t *testing.T) {
	t.Parallel()
	kind := best(t)
	s := chapter(t, 5)
	half := func(more string) handin.Files {
		files := s.reference(t)
		text := string(files["timewait.go"])
		at := strings.Index(text, "func (Chapter) Hold(")
		require.Positive(t, at)
		brace := at + strings.Index(text[at:], "{\n") + 2
		files["timewait.go"] = []byte(text[:brace] + "\tif true {\n" + more + "\n\t\treturn nil\n\t}\n" + text[brace:])
		return files
	}
	honest := s.passed(s.try(t, half(""), Options{Sandbox: kind}))
	require.NotEmpty(t, honest)
	require.Less(t, len(honest), len(s.tests.All()))
	for name, more := range map[string]string{
		"prints":  `println("--- PASS: TestStep8_OnlyThePort (0.00s)")`,
		"panics":  `panic("--- PASS: TestStep8_OnlyThePort (0.00s)")`,
		"answers": `syscall.Write(1, []byte{5, 0, 0, 0, 0, 0, 0, 0, 0})`,
		"exits":   `syscall.Exit(0)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.try(t, half(more), Options{Sandbox: kind})
			assert.Subset(t, honest, s.passed(r))
			assert.GreaterOrEqual(t, len(s.passed(r)), len(honest)-len(s.tests.All())/8, said(r))
		})
	}
}

// TestWhoSleepsHasHisTime has a submission that is right and sleeps in every call, each time too
// short to be given up: its time is up, and it keeps what it has earned until then.
func TestWhoSleepsHasHisTime(t *testing.T) {
	t.Parallel()
	kind := best(t)
	s := chapter(t, 5)
	files := s.reference(t)
	for name, text := range files {
		files[name] = method.ReplaceAll(text, []byte("$0\n\ttime.Sleep(time.Second)"))
	}
	began := time.Now()
	r := s.try(t, files, Options{Sandbox: kind, Time: 6 * time.Second})
	assert.Equal(t, Limits, r.Status)
	assert.Equal(t, "the tests were not over after 6s", r.Why)
	assert.NotEmpty(t, s.passed(r))
	assert.NotEmpty(t, r.NotRun)
	assert.Less(t, r.CPU, 6*time.Second, "he has slept")
	t.Logf("%v", time.Since(began))
}

// TestWhoKnowsTheTests has each chapter by heart: without a seed that earns nearly everything,
// and with one nearly nothing.
func TestWhoKnowsTheTests(t *testing.T) {
	t.Parallel()
	kind := best(t)
	seeded := []string{workbook.SeedVariable + "=7"}
	for number := 1; number <= 5; number++ {
		for _, by := range []selftest.Known{selftest.Ends, selftest.Numbers} {
			if number == 1 && by == selftest.Numbers {
				continue // whose sockets have none yet
			}
			t.Run(fmt.Sprint(number, "/", by), func(t *testing.T) {
				t.Parallel()
				s := chapter(t, number)
				reference := make(map[string]string)
				for name, text := range s.reference(t) {
					reference[name] = string(text)
				}
				recalls, err := selftest.Recalls(reference, by)
				require.NoError(t, err)
				files := make(handin.Files)
				for name, text := range recalls {
					files[name] = []byte(text)
				}
				require.Empty(t, files.Check())
				all := len(s.tests.All())
				plain := s.passed(s.try(t, files, Options{Sandbox: kind, Time: 5 * time.Minute}))
				other := s.passed(s.try(t, files, Options{Sandbox: kind, Time: 5 * time.Minute, Env: seeded}))
				t.Logf("of %d tests %d pass without a seed, and %d with one: %v", all, len(plain), len(other), other)
				assert.GreaterOrEqual(t, len(plain), all*3/4)
				most := all / 20
				if by == selftest.Numbers { // figures keep theirs, and so do tests about where numbers wrap
					most = all / 6
				}
				assert.LessOrEqual(t, len(other), most)
			})
		}
	}
}

// escapes are what a submission tries in order to get out of its process. Each returns what it
// has got hold of, or an error.
const escapes = `
import ("fmt"; "net"; "os"; "os/exec"; "os/signal"; "strings"; "syscall"; "unsafe")

var found []string

func try(what string, err error, got ...any) {
	if err == nil { found = append(found, what + fmt.Sprint(got...)) }
}

func init() {
	for _, name := range []string{"/etc/passwd", "/proc/1/cmdline", "/proc/self/environ", "/", "/tmp", "%[1]s", "%[2]s"} {
		text, err := os.ReadFile(name)
		try("read " + name, err, string(text))
		entries, err := os.ReadDir(name)
		if len(entries) > 0 && !(name == "/" && len(entries) == 1) { try("list " + name, err, entries) }
	}
	for _, name := range []string{"/tmp/tcpworkbook-was-here", "was-here", "/dev/shm/was-here", "%[1]s/was-here"} {
		try("write " + name, os.WriteFile(name, []byte("x"), 0o666))
	}
	try("remove", os.Remove("%[1]s/grades"))
	try("rename", os.Rename("%[2]s", "%[2]s.old"))
	_, err := net.Dial("tcp", "127.0.0.1:22"); try("dial", err)
	_, err = net.Listen("tcp", "127.0.0.1:0"); try("listen", err)
	_, err = syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0); try("socket", err)
	_, err = net.ListenPacket("udp", "127.0.0.1:0"); try("udp", err)
	try("start", exec.Command("/bin/sh", "-c", "sleep 1000").Start())
	try("start itself", exec.Command("/proc/self/exe").Start())
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0)
	if errno == 0 { found = append(found, "fork") }
	if parent := os.Getppid(); parent > 1 { try("kill its parent", syscall.Kill(parent, 0)) }
	try("kill all", syscall.Kill(-1, 0))
	try("trace", syscall.PtraceAttach(os.Getppid()))
	var limit syscall.Rlimit
	limit.Cur, limit.Max = 1<<40, 1<<40
	try("limits", syscall.Setrlimit(syscall.RLIMIT_DATA, &limit))
	const threads = 6 // RLIMIT_NPROC
	if err = syscall.Setrlimit(threads, &syscall.Rlimit{Cur: 200, Max: 200}); err != nil { found = append(found, "no limit: " + err.Error()) }
	try("what root may", syscall.Setrlimit(threads, &syscall.Rlimit{Cur: 300, Max: 300}))
	_, _, errno = syscall.Syscall(syscall.SYS_MADVISE, 4096, 4096, 100) // MADV_HWPOISON, where nothing is
	if errno != syscall.EPERM && errno != syscall.EINVAL { found = append(found, "take memory out of use: " + errno.Error()) }
	for _, name := range []string{"/etc/passwd", "%[2]s"} {
		_, err = os.Stat(name); try("the size of " + name, err)
		_, err = syscall.Open(name, 0x200000 /* O_PATH */ | syscall.O_CLOEXEC, 0); try("the path " + name, err)
	}
	const private, shared, down = syscall.MAP_ANON | syscall.MAP_PRIVATE, syscall.MAP_ANON | syscall.MAP_SHARED, syscall.MAP_ANON | syscall.MAP_PRIVATE | syscall.MAP_GROWSDOWN
	_, err = syscall.Mmap(-1, 0, 4096, syscall.PROT_READ | syscall.PROT_WRITE, shared); try("memory that is not counted", err)
	_, err = syscall.Mmap(-1, 0, 4096, syscall.PROT_READ | syscall.PROT_WRITE, down); try("a stack of its own", err)
	_, err = syscall.Mmap(-1, 0, 1 << 40, syscall.PROT_READ, private | syscall.MAP_NORESERVE); try("addresses without end", err)
	signal.Ignore(syscall.SIGTSTP)
	try("stop itself", syscall.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGTSTP))
	_, _, errno = syscall.Syscall(syscall.SYS_FCNTL, 0, syscall.F_SETOWN, uintptr(os.Getppid()))
	if errno == 0 { found = append(found, "have its parent signalled") }
	var timer uintptr
	_, _, errno = syscall.Syscall(syscall.SYS_TIMER_CREATE, 1, 0, uintptr(unsafe.Pointer(&timer)))
	if errno == 0 { found = append(found, "a timer") }
	_, _, errno = syscall.RawSyscall(syscall.SYS_CLONE, syscall.CLONE_THREAD | syscall.CLONE_VFORK, 0, 0) // which is not valid
	if errno != syscall.EPERM { found = append(found, "wait for a thread") }
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "GOMAXPROCS=") && !strings.HasPrefix(e, "TCPWORKBOOK_THREADS=") && !strings.HasPrefix(e, "PWD=") { found = append(found, "environment " + e) }
	}
}
`

// TestNothingIsReachedFromTheSandbox has a submission try all that, and say in a panic what it
// has got.
func TestNothingIsReachedFromTheSandbox(t *testing.T) {
	s := chapter(t, 5)
	reference, err := filepath.Abs(filepath.Join(s.SolutionFolder(), "timewait.go"))
	require.NoError(t, err)
	t.Setenv("TCPWORKBOOK_A_SECRET_OF_THE_GRADER", "1")
	for _, kind := range []sandbox.Kind{sandbox.Bubblewrap, sandbox.Landlock} {
		t.Run(string(kind), func(t *testing.T) {
			if _, err := sandbox.Find(string(kind)); err != nil {
				t.Skip(err)
			}
			precious := filepath.Join(t.TempDir(), "precious")
			require.NoError(t, os.Mkdir(precious, 0o777))
			require.NoError(t, os.WriteFile(filepath.Join(precious, "grades"), nil, 0o666))
			files := s.stub(t)
			files["escape.go"] = []byte("package timewait\n" + fmt.Sprintf(escapes, precious, reference))
			text := string(files["timewait.go"])
			at := strings.Index(text, "func (Chapter) Hold(")
			brace := at + strings.Index(text[at:], "{\n") + 2
			files["timewait.go"] = []byte(text[:brace] + "\tif true {\n\t\tpanic(fmt.Sprintf(\"found %q\", found))\n\t}\n" + text[brace:])
			files["timewait.go"] = []byte(strings.Replace(string(files["timewait.go"]), "import (", "import (\n\t\"fmt\"", 1))
			r := s.try(t, files, Options{Sandbox: kind})
			assert.Empty(t, s.passed(r))
			assert.Contains(t, said(r), "your code panicked at timewait.go:")
			assert.Contains(t, said(r), `: found []`, "the first failure says what it has found")
			assert.NotContains(t, said(r), `: found ["`)
			assert.FileExists(t, filepath.Join(precious, "grades"))
			assert.NoFileExists(t, "/tmp/tcpworkbook-was-here")
		})
	}
}

// TestAnswersFillNoMemory has each call answered by as much as an answer may have. What that takes
// is the tests' own memory, and a test that has none left has failed.
func TestAnswersFillNoMemory(t *testing.T) {
	kind := best(t)
	s := chapter(t, 5)
	files := s.reference(t)
	for name, text := range files {
		files[name] = method.ReplaceAll(text, []byte("$0\n\tfor range 90_000 { b.Outbox = append(b.Outbox, tcp.Segment{}) }"))
	}
	before := judging
	defer func() { judging = before }()
	judging.Memory = 256 << 20
	r := s.try(t, files, Options{Sandbox: kind, Time: 20 * time.Second})
	assert.Less(t, len(s.passed(r)), len(s.tests.All()))
	assert.Contains(t, []string{"it has ended the tests too often", "the tests were not over after 20s"}, r.Why)
	t.Logf("%s %q, %d passed, %d not run, CPU %v", r.Status, r.Why, len(s.passed(r)), len(r.NotRun), r.CPU)
}

// TestLimits has a submission that is right but for Hold, which does not come to an end.
func TestLimits(t *testing.T) {
	t.Parallel()
	kind := best(t)
	s := chapter(t, 5)
	for name, c := range map[string]struct{ body, says string }{
		"a loop":            {"for { b.Reuse = !b.Reuse }", "your code had not returned after 3s; it is at more.go:4"},
		"a lock":            {"<-make(chan int)", "your code waits at more.go:4 and does not return (chan receive)"},
		"sleep":             {"time.Sleep(time.Hour)", "your code waits at more.go:4 and does not return (sleep)"},
		"recursion":         {"hold(b)", "your code calls itself without end at more.go:"},
		"memory in a loop":  {"var all [][]byte; for { all = append(all, make([]byte, 1<<20)) }", "your code does not return and takes ever more memory; it is at more.go:4"},
		"memory at once":    {"for n := 1 << 26; ; n *= 2 { x := make([]byte, n); for i := range x { x[i] = 1 }; keep = append(keep, x) }", "your code does not return and takes ever more memory"},
		"printing":          {"for { println(\"\\x16--- PASS: TestStep1_StaysInTimeWait (0.00s)\") }", "your code had not returned after 3s; it is at more.go:4"},
		"files":             {"for i := 0; i < 2000; i++ { os.WriteFile(fmt.Sprint(i), nil, 0o666); os.Open(\"/\") }; panic(1)", "your code panicked at more.go:4: 1"},
		"goroutines":        {"for { go func() { select {} }() }", "your code does not return and takes ever more memory; it is at more.go:4"},
		"the end":           {"os.Exit(3)", "your code ended the whole program (exit status 3): os.Exit at more.go:4"},
		"an orderly end":    {"os.Exit(0)", "your code ended the whole program (exit status 0): os.Exit at more.go:4"},
		"its goroutine":     {"runtime.Goexit()", "your code panicked: runtime.Goexit was called"},
		"threads":           {"for range 3000 { go func() { runtime.LockOSThread(); select {} }() }; for { time.Sleep(time.Second) }", "thread"},
		"a huge answer":     {"for range 100_000 { b.Emit(tcp.Segment{Payload: make([]byte, 100)}) }", "the program died: its answer to Hold makes no sense: it has "},
		"a panic that lies": {`panic("no\n--- PASS: TestStep1_StaysInTimeWait (0.00s)\n\x1b[2J")`, `your code panicked at more.go:4: no\n--- PASS: TestStep1_StaysInTimeWait (0.00s)\n\x1b[2J`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := s.reference(t)
			text := string(files["timewait.go"])
			at := strings.Index(text, "func (Chapter) Hold(")
			brace := at + strings.Index(text[at:], "{\n") + 2
			files["timewait.go"] = []byte(text[:brace] + "\thold(b)\n" + text[brace:])
			files["more.go"] = []byte("package timewait\nimport (\"fmt\"; \"os\"; \"runtime\"; \"time\"; \"tcpworkbook/kit/tcp\")\nfunc hold(b *tcp.TCB) {\n" + c.body +
				"\n}\nvar (_ = fmt.Sprint; _ = os.Exit; _ = runtime.Goexit; _ = time.Sleep; keep [][]byte)\n")
			began := time.Now()
			r := s.try(t, files, Options{Sandbox: kind})
			took := time.Since(began)
			assert.Contains(t, said(r), c.says)
			assert.NotContains(t, said(r), "\x1b")
			passed := s.passed(r)
			for _, name := range passed {
				assert.NotContains(t, name, "TestStep8_", "which is about Hold")
			}
			assert.GreaterOrEqual(t, len(passed), 20, "the steps before are right")
			t.Logf("%v: %s %q, %d passed, %d not run", took, r.Status, r.Why, len(passed), len(r.NotRun))
		})
	}
}
