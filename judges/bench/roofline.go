package main

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// rooflinePeer does no work but bulk.
func rooflinePeer(name string, mtu int) *peer {
	const headers = 40
	return &peer{
		name: name, only: largeWrites, noMemory: true,
		remote: func(_ string, d time.Duration) ([]float64, error) {
			return []float64{roofline(mtu-headers, d)}, nil
		},
	}
}

// roofline returns how fast bytes can be copied and checksummed at each end, and
// nothing else, in Gbit/s: the application's bytes into a segment, which is
// summed; summed again, and copied to where the other application wants them. One
// processor does it all; nobody who copies and sums in Go can be faster on one.
func roofline(text int, d time.Duration) float64 {
	const write = 64 << 10
	from, to := make([]byte, write), make([]byte, write)
	segments := make([][]byte, 64) // as many as are on their way at once
	for i := range segments {
		segments[i] = make([]byte, text)
	}
	var count int64
	var sum uint16
	begin := time.Now()
	for next := 0; count == 0 || time.Since(begin) < d; {
		for rest := from; len(rest) > 0; {
			s := segments[next%len(segments)]
			next++
			s = s[:copy(s, rest)]
			sum += tcp.Checksum(s) // as its sender
			sum -= tcp.Checksum(s) // as its receiver
			copy(to[len(from)-len(rest):], s)
			rest = rest[len(s):]
		}
		count += write
	}
	if sum != 0 {
		panic("the same bytes have two checksums")
	}
	return float64(count) * 8 / 1e9 / time.Since(begin).Seconds()
}
