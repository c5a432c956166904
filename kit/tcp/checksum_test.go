package tcp

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainChecksum is the sum as RFC 1071 §4.1 writes it down: word by word.
func plainChecksum(b []byte) uint16 {
	var sum uint32
	for len(b) >= 2 {
		sum += uint32(b[0])<<8 | uint32(b[1])
		sum = sum>>16 + sum&0xffff
		b = b[2:]
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return ^uint16(sum>>16 + sum&0xffff)
}

func TestChecksumOfTheRFCsExample(t *testing.T) {
	// RFC 1071 §3: the sum is ddf2, so the checksum is its complement.
	require.Equal(t, ^uint16(0xddf2), Checksum([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}))
}

func TestChecksumAtEveryAlignmentAndLength(t *testing.T) {
	raw := make([]byte, 450) // three turns of the longest loop, and every rest
	random := rand.New(rand.NewPCG(1, 2))
	fills := map[string]func() byte{
		"random": func() byte { return byte(random.Uint32()) },
		"ones":   func() byte { return 0xff }, // carries everywhere
		"zeros":  func() byte { return 0 },
		"sparse": func() byte { return byte(0xff * (random.Uint32() % 8 / 7)) },
	}
	for name, fill := range fills {
		for i := range raw {
			raw[i] = fill()
		}
		for start := range 16 {
			for length := range len(raw) - 16 {
				b := raw[start : start+length]
				if got, want := Checksum(b), plainChecksum(b); got != want {
					t.Fatalf("%s, alignment %d, length %d: checksum %04x, want %04x", name, start, length, got, want)
				}
			}
		}
	}
}

func TestChecksumContinues(t *testing.T) {
	// A partial sum that is all ones must bring its carry round like any other.
	b := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x12, 0x34}
	for split := 0; split <= len(b); split += 2 {
		require.Equal(t, plainChecksum(b), fold(add(add(0, b[:split]), b[split:])), "split at %d", split)
	}
}

func TestChecksumBringsEveryCarryRound(t *testing.T) {
	// The words from which carries come, in every place of a partial sum.
	words := []uint64{0, 1, 2, 0x7fff, 0x8000, 0xfffe, 0xffff}
	for i := range len(words) * len(words) * len(words) * len(words) {
		var sum uint64
		for range 4 {
			sum = sum<<16 | words[i%len(words)]
			i /= len(words)
		}
		want := plainChecksum(binary.LittleEndian.AppendUint64(nil, sum))
		if got := fold(sum); got != want {
			t.Fatalf("sum %016x: checksum %04x, want %04x", sum, got, want)
		}
	}
}

func TestChecksumSeesEveryBit(t *testing.T) {
	raw := make([]byte, 131)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range raw {
		raw[i] = byte(random.Uint32())
	}
	right := Checksum(raw)
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		require.NotEqual(t, right, Checksum(raw), "bit %d was turned", bit)
		raw[bit/8] ^= 1 << (bit % 8)
	}
}

var checksumSink uint16

func BenchmarkChecksum(b *testing.B) {
	for _, length := range []int{20, 64, 576, 1460, 65535} {
		raw := make([]byte, length)
		for _, way := range []struct {
			name string
			sum  func([]byte) uint16
		}{{"Checksum", Checksum}, {"word by word", plainChecksum}} {
			b.Run(fmt.Sprintf("%s/%d", way.name, length), func(b *testing.B) {
				b.SetBytes(int64(length))
				for b.Loop() {
					checksumSink = way.sum(raw)
				}
			})
		}
	}
}
