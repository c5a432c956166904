package guard

import (
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// Main runs a chapter's tests so that whatever a test ends costs that test
// alone. A chapter's tests have it as their TestMain:
//
//	func TestMain(m *testing.M) { guard.Main(m) }
//
// A call of os.Exit or log.Fatal, recursion without end, or memory taken without
// end ends the whole program, and no part of that program can prevent it. So the
// tests run in a second process. If that comes to its end, what it printed is
// the result. If it does not, each test is run again in a process of its own, and
// those whose process does not come to its end have failed, with a sentence that
// says why. The same is done if what it printed cannot be believed.
//
// It costs the start of one process, and that the tests' output is shown when they
// are over.
//
// The first process must not run the learner's code at all: an init function that
// calls os.Exit(0) would end it with success before TestMain is called. So it does
// its work in this package's init, which comes before that of every package that
// imports this one, and never reaches Main. (A package that the chapter imports, and
// that imports nothing, may still come before: no chapter needs one.)
func Main(m *testing.M) {
	if reports != "" {
		report(begun, "")
		debug.SetMaxStack(64 << 20) // recursion without end comes to its end sooner
		CollectLate()
		if flagValue(os.Args[1:], "list") != "" {
			os.Stdout = create(names) // the names alone, and nothing that init functions print
		}
		code := m.Run()
		reportVaried()
		report(over, "")
		os.Exit(code)
	}
	if unsupervised(os.Args[1:]) {
		os.Exit(m.Run())
	}
	os.Exit(supervise())
}

// CollectLate has garbage collected when there is five times as much memory as is in use,
// which is little: with Go's usual two times, a tenth of the tests' time would go there. Who has
// set GOGC has what he wants. Main calls it; whoever runs the tests without Main calls it himself.
func CollectLate() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func init() {
	reports = os.Getenv(reportsVariable)
	os.Unsetenv(reportsVariable) // it is no business of what the tests start
	if reports == "" && isChapter() && !unsupervised(os.Args[1:]) {
		os.Exit(supervise())
	}
}

// chapterProgram is the path of a chapter's test program, as the toolchain notes it
// there.
var chapterProgram = regexp.MustCompile(`(^|/)chapters/\d\d-[a-z][^/]*\.test$`)

// isChapter reports whether this program is that of a chapter's tests, whose TestMain
// calls Main.
func isChapter() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && testing.Testing() && chapterProgram.MatchString(info.Path)
}

// unsupervised reports whether go test wants something else than to run tests, or somebody
// wants to see them run.
func unsupervised(args []string) bool {
	if debugged() {
		return true
	}
	for _, flag := range []string{"list", "fuzz", "fuzzworker"} {
		if flagValue(args, flag) != "" {
			return true
		}
	}
	return false
}

// flagValue returns the value that one of go test's flags was given last. The flags are
// not parsed yet when package inits run.
func flagValue(args []string, name string) string {
	value := ""
	for _, arg := range args {
		arg = "-" + strings.TrimLeft(arg, "-")
		if v, found := strings.CutPrefix(arg, "-test."+name+"="); found {
			value = v
		} else if arg == "-test."+name {
			value = "true"
		}
	}
	return value
}
