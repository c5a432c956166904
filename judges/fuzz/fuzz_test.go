package fuzz

import (
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	seed    = flag.Uint64("seed", 0, "the first seed of TestRandom, and that of TestBlindAttacks; 0 stands for one of the clock's")
	runs    = flag.Int("runs", 3000, "how many worlds TestRandom makes")
	lasting = flag.Duration("lasting", 0, "have TestRandom make worlds for so long, however many they are")
)

// FuzzStack has Go's fuzzer look for bytes that make the stack do what it must
// not.
func FuzzStack(f *testing.F) {
	for s := range uint64(20) {
		f.Add(randomProgram(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) > 4096 {
			t.Skip("longer than it has to be")
		}
		check(t, p)
	})
}

// TestRandom tries random bytes.
func TestRandom(t *testing.T) {
	first := firstSeed()
	more := func(worlds uint64) bool { return worlds < uint64(*runs) }
	if *lasting > 0 {
		end := time.Now().Add(*lasting)
		more = func(uint64) bool { return time.Now().Before(end) }
	}
	s := first
	for ; more(s - first); s++ {
		p := randomProgram(s)
		if err := attempt(p); err != nil {
			t.Errorf("again: go test ./fuzz -run TestRandom -seed %d -runs 1", s)
			check(t, minimise(p))
			return
		}
	}
	t.Logf("%d worlds from seed %d on", s-first, first)
}

// firstSeed is the seed that was asked for, or one of the clock's.
func firstSeed() uint64 {
	if *seed != 0 {
		return *seed
	}
	return uint64(time.Now().UnixNano()) % 1_000_000_000
}

// randomProgram returns bytes that depend on the seed alone.
func randomProgram(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 5))
	p := make([]byte, 100+r.IntN(1500))
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

// check runs a program, and fails the test with all that happened when anything
// does that must not.
func check(t *testing.T, p []byte) {
	t.Helper()
	if attempt(p) == nil {
		return
	}
	var w *world
	func() {
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("panic: %v", r)
			}
		}()
		w = run(p, true)
	}()
	if w == nil {
		require.FailNow(t, "a panic", "program %s", hex.EncodeToString(p))
	}
	trace := w.trace.String()
	const most = 12_000
	if len(trace) > most {
		trace = "...\n" + trace[len(trace)-most:]
	}
	require.NoError(t, w.err, "program %s\n%s\n%s", hex.EncodeToString(p), trace, w.left())
}

// attempt runs a program and returns what went wrong, a panic included.
func attempt(p []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return run(p, false).err
}

// minimise leaves out of a program that fails what it can do without.
func minimise(p []byte) []byte {
	deadline := time.Now().Add(20 * time.Second)
	for size := len(p) / 2; size > 0; {
		shorter := false
		for at := 0; at+size <= len(p) && time.Now().Before(deadline); {
			without := append(append([]byte(nil), p[:at]...), p[at+size:]...)
			if attempt(without) != nil {
				p, shorter = without, true
			} else {
				at += size
			}
		}
		if !shorter {
			size /= 2
		}
	}
	return p
}
