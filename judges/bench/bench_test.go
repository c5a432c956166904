package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every peer of this process can do all its work. How fast is not a test's
// question.
func TestEveryPeerWorks(t *testing.T) {
	all := append([]*peer{oursPeer(ours1500, 1500), oursNaglePeer(), kernelPeer(), kernelNaglePeer(), unixPeer(), pipePeer()}, gvisorPeers()...)
	for _, p := range append(all, rooflinePeer(roof1500, 1500)) {
		for _, w := range works {
			if w.opens && p.noChurn || p.only != "" && p.only != w.name {
				continue
			}
			t.Run(p.name+": "+w.name, func(t *testing.T) {
				values, err := within(limit, func() ([]float64, error) { return measure(p, w, 5*time.Millisecond) })
				require.NoError(t, err)
				require.Len(t, values, len(w.figures))
				for _, v := range values {
					assert.Positive(t, v)
				}
			})
		}
	}
}

// A socket weighs something, and less when all that is left of it is a record.
func TestWeight(t *testing.T) {
	p := oursPeer(ours1500, 1500)
	idle, err := weighIdle(p, 300)
	require.NoError(t, err)
	timeWait, err := weighTimeWait(p, 300)
	require.NoError(t, err)
	assert.Greater(t, idle, 100.0)
	assert.Positive(t, timeWait)
	assert.Less(t, timeWait, idle)
}

func TestGrowth(t *testing.T) {
	g, err := measureGrowth(options{connections: 100, records: 1000, time: 5 * time.Millisecond}, func(string) {})
	require.NoError(t, err)
	require.Len(t, g.steps, 3)
	assert.Equal(t, 100, g.steps[2].connections)
	require.Len(t, g.expiry, 1)
	assert.Positive(t, g.expiry[0].mean)
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, medianOf([]float64{3, 1, 2}))
	assert.Equal(t, 2.5, medianOf([]float64{4, 1, 3, 2}))
	assert.Equal(t, 7.0, medianOf([]float64{7}))
}

// made is a report with figures that were made up.
func made() *report {
	r := &report{
		begun: time.Unix(0, 0), options: options{rounds: 3, peers: regexp.MustCompile("")},
		values: make(map[string]map[string][]float64),
		peers:  []*peer{{name: ours1500}, {name: kernelDefault}, {name: "gVisor, pipe, MTU 1500"}},
	}
	for _, name := range []string{largeWrites, "ping-pong, p50"} {
		r.values[name] = map[string][]float64{
			ours1500: {10, 12, 8}, kernelDefault: {5, 4, 6}, "gVisor, pipe, MTU 1500": {2, 2, 2},
		}
	}
	r.note("a <note>")
	r.note("a <note>")
	return r
}

func TestMarkdown(t *testing.T) {
	var text strings.Builder
	made().markdown(&text)
	for _, want := range []string{
		"| ours, MTU 1500 | 10.0 | 8.00 – 12.0 | 2.00× | 5.00× |",         // twice as much as the kernel
		"| ours, MTU 1500 | 10.0 | 8.00 – 12.0 | 0.500× | 0.200× |",       // and it takes twice as long
		"| bulk, 64 KiB writes | ours, MTU 1500 | itself | 12.0 Gbit/s |", // a bar
		"| 10.0 Gbit/s | short |",
		"| gVisor, MTU 1500 | 2.00× | 5.00× | reached |",
		"| itself | 3.00 µs | 10.0 µs | short |",
	} {
		assert.Contains(t, text.String(), want)
	}
	assert.Equal(t, 1, strings.Count(text.String(), "a <note>"), "a note is made once")
}

func TestSVG(t *testing.T) {
	var picture bytes.Buffer
	made().svg(&picture)
	bars := 0
	for d := xml.NewDecoder(&picture); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
			bars++
		}
	}
	assert.Equal(t, 1+6, bars, "the paper, and a bar for each peer and figure")
}
