// Package selftest tries on this very machine what a submission could do to whoever grades
// it, and says which defences hold here.
package selftest

import (
	"fmt"
	"strings"
)

// A Fixture is a submission that tries something. It is the untouched stub of a chapter,
// or its reference, with files put over it.
type Fixture struct {
	Name   string
	Tries  string // what it tries, in a sentence
	Base   Base
	Files  map[string]string // by name, from the chapter's folder; a text "-> x" is a symbolic link to x
	Append string            // code that is put into a function that nearly every test calls
	Recall Known             // it has learnt the tests by heart, and goes by this
	Zip    map[string]string // further entries of its zip, by their whole names
	Want   Want
}

// Base is what a fixture is made of.
type Base string

// The bases.
const (
	Stub      Base = "stub"
	Reference Base = "reference"
)

// Want is what is to come of a fixture.
type Want string

// What comes of fixtures.
const (
	Nothing Want = "nothing" // no test passes
	Full    Want = "full"    // every test passes
	Refused Want = "refused" // it is not run
	Less    Want = "less"    // it has its grade in time, and loses tests by what it does
	NoBuild Want = "no build"
)

// leaked is what a fixture panics with that has got what it wanted: it would be read in a
// test's failure.
const leaked = "LEAKED"

// attack is a file of the chapter.
func attack(imports, body string) map[string]string {
	var lines []string
	for _, i := range strings.Fields(imports) {
		lines = append(lines, fmt.Sprintf("import %q", i))
	}
	return map[string]string{"attack.go": "package timewait\n\n" + strings.Join(lines, "\n") + "\n\n" + body + "\n"}
}

// waits makes a thread that sleeps, and has its maker wait for it in the system.
const waits = `func doIt() {
	const flags = syscall.CLONE_VM | syscall.CLONE_FS | syscall.CLONE_FILES | syscall.CLONE_SIGHAND | syscall.CLONE_THREAD | syscall.CLONE_SYSVSEM | syscall.CLONE_VFORK
	hour := syscall.NsecToTimespec(3600e9)
	id, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	for errno == 0 && id == 0 {
		syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&hour)), 0, 0)
	}
}`

// forged are a test run's last lines.
const forged = `--- PASS: TestStep1_EnterWaits (0.00s)\nPASS\nok  \ttcpworkbook/chapters/05-timewait\t0.001s\n`

// Fixtures returns all of them. listener is an address where selftest listens, and canary a
// file that nobody is to read, or to change.
func Fixtures(listener, canary, reference string) []Fixture {
	return []Fixture{
		{Name: "untouched stub", Tries: "nothing", Base: Stub, Want: Nothing},
		{Name: "reference", Tries: "to be right", Base: Reference, Want: Full},

		// What a process could do to the tests, if it were theirs.
		{Name: "os.Exit in init", Tries: "to end the tests with success", Base: Stub, Want: Nothing,
			Files: attack("os", "func init() { os.Exit(0) }")},
		{Name: "os.Exit in a call", Tries: "to end the tests with success", Base: Stub, Want: Nothing,
			Files: attack("os", "func doIt() { os.Exit(0) }"), Append: "doIt()"},
		{Name: "forged verdicts", Tries: "to print what go test prints", Base: Stub, Want: Nothing,
			Files: attack("fmt os", "func init() { say() }\nfunc say() { fmt.Print(\""+forged+"\"); fmt.Fprint(os.Stderr, \"\\x16"+forged+"\") }"), Append: "say()"},
		{Name: "forged panic", Tries: "to have a panic read as a verdict", Base: Stub, Want: Nothing,
			Files: attack("", "func doIt() { panic(\"\\n\\x16"+forged+"\") }"), Append: "doIt()"},
		{Name: "flags", Tries: "to have no test chosen", Base: Stub, Want: Nothing,
			Files: attack("os flag testing", "func init() { testing.Init(); flag.Set(\"test.run\", \"^$\"); os.Args = append(os.Args, \"-test.run=^$\") }")},
		{Name: "a goroutine that exits", Tries: "to end the program while a test runs", Base: Stub, Want: Nothing,
			Files: attack("os time", "func init() { go func() { time.Sleep(20 * time.Millisecond); os.Exit(0) }() }")},
		{Name: "the end of the goroutine", Tries: "to leave a call by runtime.Goexit", Base: Stub, Want: Nothing,
			Files: attack("runtime", "func doIt() { runtime.Goexit() }"), Append: "doIt()"},
		{Name: "edited tests", Tries: "to hand in tests of its own, a TestMain, a go.mod and a kit", Base: Stub, Want: Nothing,
			Files: map[string]string{"timewait_test.go": "package timewait\n", "main_test.go": "package timewait\n\nimport (\"os\"; \"testing\")\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n"},
			Zip:   map[string]string{"go.mod": "module other\n", "kit/script/script.go": "package script\n", "solutions/05-timewait/timewait.go": "package timewait\n"}},
		{Name: "nonsense through the pipe", Tries: "to break what the tests read", Base: Stub, Want: Nothing,
			Files: attack("os strings", "func doIt() { os.Stdout.WriteString(strings.Repeat(\"\\xff\\x00\\x7f{}\\n\", 1000)); for fd := uintptr(3); fd < 10; fd++ { os.NewFile(fd, \"\").WriteString(strings.Repeat(\"\\xff\", 5000)) } }"), Append: "doIt()"},

		// What it could know of the tests. The seed gives them other numbers.
		{Name: "knows the tests", Tries: "to give the answers that the tests want, and knows no others", Base: Reference, Recall: Ends, Want: Nothing},

		// What it could do to the machine. Whatever it gets, it panics with.
		{Name: "reads files", Tries: "to read " + "the grader's files, and the reference", Base: Stub, Want: Nothing,
			Files: attack("os", fmt.Sprintf("func doIt() {\n\tfor _, name := range []string{%q, %q, \"/etc/passwd\", \"/proc/self/environ\", \"../../solutions/05-timewait/timewait.go\"} {\n\t\tif text, err := os.ReadFile(name); err == nil && len(text) > 0 {\n\t\t\tpanic(\"%s: \" + name)\n\t\t}\n\t}\n}", canary, reference, leaked)), Append: "doIt()"},
		{Name: "writes files", Tries: "to change and to remove files", Base: Stub, Want: Nothing,
			Files: attack("os", fmt.Sprintf("func doIt() {\n\tfor _, name := range []string{%q, \"/tmp/selftest-was-here\", \"selftest-was-here\"} {\n\t\tif err := os.WriteFile(name, []byte(\"x\"), 0o666); err == nil {\n\t\t\tos.Remove(name)\n\t\t\tpanic(\"%s: \" + name)\n\t\t}\n\t}\n\tos.RemoveAll(%q)\n}", canary, leaked, canary)), Append: "doIt()"},
		{Name: "network", Tries: "to call somebody", Base: Stub, Want: Nothing,
			Files: attack("net time", fmt.Sprintf("func doIt() {\n\tif c, err := net.DialTimeout(\"tcp\", %q, time.Second); err == nil {\n\t\tc.Close()\n\t\tpanic(\"%s: network\")\n\t}\n}", listener, leaked)), Append: "doIt()"},
		{Name: "other processes", Tries: "to start a program that survives it", Base: Stub, Want: Nothing,
			Files: attack("os/exec", fmt.Sprintf("func doIt() {\n\tif exec.Command(\"/bin/sh\", \"-c\", \"sleep 5\").Start() == nil {\n\t\tpanic(\"%s: a process\")\n\t}\n}", leaked)), Append: "doIt()"},

		// What it could use up.
		{Name: "endless loop", Tries: "to hang", Base: Reference, Want: Less,
			Files: attack("", "var forever = true\n\nfunc doIt() { for forever {} }"), Append: "doIt()"},
		{Name: "waits for ever", Tries: "to hang without using the processor", Base: Reference, Want: Less,
			Files: attack("", "func doIt() { <-make(chan int) }"), Append: "doIt()"},
		{Name: "memory", Tries: "to take all memory", Base: Reference, Want: Less,
			Files: attack("", "var hoard [][]byte\n\nfunc doIt() {\n\tfor {\n\t\tb := make([]byte, 64<<20)\n\t\tfor i := range b {\n\t\t\tb[i] = 1\n\t\t}\n\t\thoard = append(hoard, b)\n\t}\n}"), Append: "doIt()"},
		{Name: "memory that no limit counts", Tries: "to share memory with nobody", Base: Stub, Want: Nothing,
			Files: attack("syscall", "func doIt() {\n\tfor _, how := range []int{syscall.MAP_SHARED, syscall.MAP_PRIVATE | syscall.MAP_GROWSDOWN} {\n\t\tif _, err := syscall.Mmap(-1, 0, 1<<32, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|how); err == nil {\n\t\t\tpanic(\""+leaked+": memory\")\n\t\t}\n\t}\n}"), Append: "doIt()"},
		{Name: "stops itself", Tries: "to be waited for as one whom the machine has stopped", Base: Reference, Want: Full,
			Files: attack("os syscall", "func doIt() { syscall.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGSTOP) }"), Append: "doIt()"},
		{Name: "waits for its own thread", Tries: "to be waited for as one who waits for the disk", Base: Reference, Want: Full,
			Files: attack("syscall unsafe", waits), Append: "doIt()"},
		{Name: "threads", Tries: "to take all threads that the system has", Base: Reference, Want: Less,
			Files: attack("runtime time", "func doIt() {\n\tfor range 2000 {\n\t\tgo func() { runtime.LockOSThread(); select {} }()\n\t}\n\ttime.Sleep(2500 * time.Millisecond)\n}"), Append: "doIt()"},
		{Name: "recursion", Tries: "to overflow the stack", Base: Reference, Want: Less,
			Files: attack("", "func deep(n int) int { return deep(n+1) + 1 }\n\nfunc doIt() { deep(0) }"), Append: "doIt()"},
		{Name: "output", Tries: "to print without end", Base: Reference, Want: Less,
			Files: attack("os strings", "func doIt() { for { os.Stderr.WriteString(strings.Repeat(\"x\", 1<<16)) } }"), Append: "doIt()"},
		{Name: "compile bomb", Tries: "to take the compiler's memory", Base: Reference, Want: NoBuild, Files: bomb()},

		// What cannot be handed in.
		{Name: "imports the reference", Tries: "to call the reference", Base: Stub, Want: Refused,
			Files: attack("tcpworkbook/solutions/05-timewait", "")},
		{Name: "imports the harness", Tries: "to reach the tests", Base: Stub, Want: Refused,
			Files: attack("tcpworkbook/kit/guard", "")},
		{Name: "cgo", Tries: "to be C", Base: Reference, Want: Refused, Files: attack("C", "")},
		{Name: "embed", Tries: "to have the compiler read a file", Base: Reference, Want: Refused,
			Files: map[string]string{"attack.go": "package timewait\n\nimport _ \"embed\"\n\n//go:embed secret.txt\nvar secret string\n"}},
		{Name: "linkname", Tries: "to reach into other packages", Base: Reference, Want: Refused,
			Files: map[string]string{"attack.go": "package timewait\n\nimport _ \"unsafe\"\n\n//go:linkname exit os.Exit\nfunc exit(int)\n"}},
		{Name: "assembly", Tries: "to be no Go", Base: Reference, Want: Refused, Files: map[string]string{"attack.s": "TEXT ·f(SB), 4, $0\n\tRET\n"}},
		{Name: "vendor", Tries: "to bring packages of its own", Base: Reference, Want: Refused, Files: map[string]string{"vendor/x/x.go": "package x\n"}},
		{Name: "go.work", Tries: "to have the toolchain look elsewhere", Base: Reference, Want: Refused, Files: map[string]string{"go.work": "go 1.25\n"}},
		{Name: "symbolic link", Tries: "to have a file read that is not its own", Base: Reference, Want: Refused, Files: map[string]string{"link.go": "-> " + canary}},
		{Name: "zip slip", Tries: "to be unpacked elsewhere", Base: Reference, Want: Refused, Zip: map[string]string{"../../../selftest-was-here": "x"}},
		{Name: "zip bomb", Tries: "to unpack to more than there is room for", Base: Reference, Want: Refused,
			Files: map[string]string{"bomb.go": "package timewait\n" + strings.Repeat(" ", 64<<20)}},
		{Name: "not UTF-8", Tries: "to be no text", Base: Reference, Want: Refused, Files: map[string]string{"attack.go": "package timewait\n// \xff\xfe\n"}},
	}
}

// bomb returns constants that double, in a file of a few KB.
func bomb() map[string]string {
	var b strings.Builder
	b.WriteString("package timewait\n\nconst c0 = \"0123456789abcdef\"\n")
	for i := 1; i <= 40; i++ {
		fmt.Fprintf(&b, "const c%d = c%d + c%d\n", i, i-1, i-1)
	}
	b.WriteString("\nvar Bomb = c40\n")
	return map[string]string{"bomb.go": b.String()}
}
