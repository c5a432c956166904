package workbook

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReadCrash(t *testing.T) {
	const trace = "\ngoroutine 7 [running]:\nx.Open(...)\n\t/my work/chapters/02-x/open.go:13 +0x1d\n" +
		"created by testing.(*T).Run in goroutine 1\n\t/go/src/testing/testing.go:1742 +0x390\n"
	frames := []Frame{{"/my work/chapters/02-x/open.go", 13}, {"/go/src/testing/testing.go", 1742}}
	for output, want := range map[string]Crash{
		"": {},
		"--- FAIL: TestStep1_X (0.00s)\n    x_test.go:3: no panic here\n": {},
		"    x_test.go:3: want no error, got panic: no\n":                 {},
		"panic: no\n":                                  {Kind: Panicked, Words: "no"},
		"panic: no\n" + trace:                          {Kind: Panicked, Words: "no", Trace: frames},
		"words\npanic: no\n" + trace:                   {Kind: Panicked, Words: "no", Trace: frames},
		"unfinished panic: no\n" + trace:               {Kind: Panicked, Words: "no", Trace: frames},
		"panic: no [recovered]\n\tpanic: no\n" + trace: {Kind: Panicked, Words: "no", Trace: frames},
		"panic: no [recovered, repanicked]\n" + trace:  {Kind: Panicked, Words: "no", Trace: frames},
		"panic: unexpected call to os.Exit(0) during test [recovered, repanicked]\n":                  {Kind: ExitedWell, Words: "unexpected call to os.Exit(0) during test"},
		"panic: test timed out after 1s\n\trunning tests:\n\t\tTestA (1s)\n" + trace:                  {Kind: TimedOut, Words: "test timed out after 1s", Trace: frames},
		"runtime: goroutine stack exceeds 67108864-byte limit\nfatal error: stack overflow\n" + trace: {Kind: Overflowed, Words: "stack overflow", Trace: frames},
		"fatal error: concurrent map writes\n" + trace:                                                {Kind: Died, Words: "concurrent map writes", Trace: frames},
		"panic: told, and recovered from\nfatal error: concurrent map writes\n":                       {Kind: Died, Words: "concurrent map writes"},
	} {
		assert.Equal(t, want, ReadCrash(output), output)
	}
}

func TestReadTrace(t *testing.T) {
	assert.Equal(t, []Frame{{"C:/My Work/chapters/02-x/open.go", 7}, {"/home/me/b.go", 9}}, ReadTrace(
		"goroutine 1 [running]:\r\nmain.f(0x1)\r\n\tC:/My Work/chapters/02-x/open.go:7 +0x1d fp=0xc0 sp=0xc8\r\n"+
			"main.g(...)\n\t/home/me/b.go:9\n\tpanic: with words: no\n\n/not/indented.go:3\n\tno colon\n"))
}
