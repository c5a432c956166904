package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tests are the bench, too, that measures in a namespace: bareKernelPeer starts
// its own program for that.
func TestMain(m *testing.M) {
	if !slices.Contains(os.Args[1:], "-"+childFlag) {
		os.Exit(m.Run())
	}
	if err := serveParent(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Every peer can do all its work. How fast is not a test's question.
func TestEveryPeerWorks(t *testing.T) {
	all := append([]*peer{oursPeer(ours1500, 1500), oursNaglePeer(), oursThroughPeer(), kernelPeer(), kernelNaglePeer(), bareKernelPeer(), unixPeer(), pipePeer()}, gvisorPeers()...)
	for _, p := range append(all, rooflinePeer(roof1500, 1500)) {
		for _, w := range works {
			if w.opens && p.noChurn || p.only != "" && p.only != w.name {
				continue
			}
			t.Run(p.name+": "+w.name, func(t *testing.T) {
				if p.skip != "" {
					require.NotContains(t, p.skip, noLoopback)
					t.Skip(p.skip)
				}
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

// What is lost on the way, and an end that is none, is a failed measurement and not a
// slow one.
func TestBulkWantsEverything(t *testing.T) {
	for _, c := range []struct {
		name string
		wrap func(net.Conn) net.Conn
		want error
	}{
		{"nothing is lost", func(c net.Conn) net.Conn { return c }, nil},
		{"a byte is lost", func(c net.Conn) net.Conn { return &losing{Conn: c, left: warmth + 1} }, io.EOF},
		{"the end is an error", func(c net.Conn) net.Conn { return broken{c} }, syscall.ECONNRESET},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := wrapped{pipes(make(chan net.Conn, 1)), c.wrap}
			values, err := within(limit, func() ([]float64, error) { return bulk(64<<10)(n, 0) })
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, c.want == nil, len(values) == 1, "a figure: %v", values)
		})
	}
}

// However short the time, and however long the machine takes for it: something is
// measured.
func TestEveryWorkIsDoneOnce(t *testing.T) {
	for _, w := range works {
		t.Run(w.name, func(t *testing.T) {
			values, err := within(limit, func() ([]float64, error) { return w.measure(pipes(make(chan net.Conn, 8)), 0) })
			require.NoError(t, err)
			require.Len(t, values, len(w.figures))
			for _, v := range values {
				assert.Positive(t, v)
			}
		})
	}
	assert.Positive(t, roofline(1460, 0))
	g, err := measureGrowth(options{rounds: 1, connections: 2, records: 100}, func(string) {})
	require.NoError(t, err)
	for _, s := range g.steps {
		for _, c := range []cost{s.one, s.any, s.visit} {
			assert.Positive(t, c.ns)
		}
	}
}

// wrapped has something done to the server's end.
type wrapped struct {
	network
	wrap func(net.Conn) net.Conn
}

func (n wrapped) Accept() (net.Conn, error) {
	c, err := n.network.Accept()
	return n.wrap(c), err
}

// losing loses a byte, after so many.
type losing struct {
	net.Conn
	left int
}

func (c *losing) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	before := c.left
	c.left -= n
	if before > 0 && c.left <= 0 {
		n--
	}
	return n, err
}

// broken ends as if it had been reset.
type broken struct{ net.Conn }

func (c broken) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF {
		err = syscall.ECONNRESET
	}
	return n, err
}

// A socket weighs something, and less when all that is left of it is a record.
func TestWeight(t *testing.T) {
	p := oursPeer(ours1500, 1500)
	idle, err := weighIdle(p, 300)
	require.NoError(t, err)
	timeWait, records, err := weighTimeWait(p, 300)
	require.NoError(t, err)
	assert.Greater(t, idle, 100.0)
	assert.Positive(t, timeWait)
	assert.Less(t, timeWait, idle)
	assert.Equal(t, 300, records)
}

// The kernel's records are counted, and only what they take is weighed: so the mean is
// about the same each time, some 250 bytes. The count is this namespace's, the memory
// all the machine's: what tests in other namespaces do meanwhile may blur it.
func TestWeightOfTheKernelsRecords(t *testing.T) {
	p := kernelPeer()
	if _, err := left(p); errors.Is(err, errUnseen) {
		t.Skip(err)
	}
	for range 3 {
		length, records, err := weighTimeWait(p, 1000)
		if errors.Is(err, errEnded) {
			t.Skip(err) // those of a test a minute ago
		}
		require.NoError(t, err)
		assert.LessOrEqual(t, records, 1000+100, "records, and perhaps some of others")
		assert.Greater(t, length, 100.0, "bytes of a record")
		assert.Less(t, length, 2500.0, "bytes of a record: a socket takes that")
	}
}

// What this machine can't show is skipped; all else that goes wrong fails the run.
func TestFailedMeasurementsAreCounted(t *testing.T) {
	r := newReport(options{peers: regexp.MustCompile("nobody")})
	r.fail("memory", fmt.Errorf("%w: no root", errUnseen))
	r.fail("memory", errEnded)
	assert.Zero(t, r.failed)
	r.fail("bulk", io.ErrUnexpectedEOF)
	assert.Equal(t, 1, r.failed)
	assert.Len(t, r.notes, 3)
}

func TestGrowth(t *testing.T) {
	g, err := measureGrowth(options{rounds: 2, connections: 100, records: 1000, time: 5 * time.Millisecond}, func(string) {})
	require.NoError(t, err)
	require.Len(t, g.steps, 3)
	assert.Equal(t, 100, g.steps[2].connections)
	for _, s := range g.steps {
		for _, c := range []cost{s.one, s.any, s.visit} {
			assert.Positive(t, c.ns)
			assert.GreaterOrEqual(t, c.segments, 2.0)
		}
	}
	require.Len(t, g.expiry, 1)
	e := g.expiry[0]
	for _, end := range []ending{e.apart, e.atOnce} {
		assert.Positive(t, end.mean)
		assert.GreaterOrEqual(t, end.longest, end.mean)
	}
	assert.Equal(t, 1000, e.apart.calls, "each is due alone")
	assert.Greater(t, e.atOnce.calls, 1, "sockets at rest end some at a time")
	assert.Less(t, e.atOnce.calls, 100, "but not one at a time")
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
		values:  make(map[string]map[string][]float64),
		peers:   []*peer{{name: ours1500}, {name: kernelDefault}, {name: "gVisor, pipe, MTU 1500"}},
		weights: []weight{{peer: ours1500, idle: 2100, timeWait: 100, sockets: 4000, records: 9000}},
		growth: &growthReport{
			steps: []growth{
				{connections: 1, one: cost{200, 2}, any: cost{200, 2}, visit: cost{900, 9}},
				{connections: 500, one: cost{280, 2}, any: cost{480, 3}, visit: cost{900, 9}},
			},
			expiry: []expiry{
				{records: 1000, apart: ending{longest: 2e6}, atOnce: ending{longest: 12e6, calls: 4}},
				{records: 7000, apart: ending{longest: 3e6}, atOnce: ending{longest: 4e6, calls: 28}},
			},
		},
	}
	for _, name := range []string{largeWrites, "ping-pong, p50", "churn, 1 worker", "churn, 8 workers"} {
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
		"| 10.0 Gbit/s | median of 3 | short |",
		"| gVisor, MTU 1500 | 2.00× | 5.00× | median of 3 | reached |",
		"| itself | 3.00 µs | 10.0 µs | median of 3 | short |",
		"| memory, an idle socket | ours, MTU 1500 | itself | 2000.0 bytes | 2100.0 bytes | once, 4000 sockets | short |",
		"| 128.0 bytes | 100.0 bytes | once, 9000 records | reached |",
		"a segment on the same | ours, MTU 1500 | itself | 1.50 times | 1.40 times | once, 500 connections | reached |",
		"a segment on any | ours, MTU 1500 | itself | 1.50 times | 1.60 times | once, 500 connections | short |",
		"| 500 | 280 / 2.0 = 140 (1.40×) | 480 / 3.0 = 160 (1.60×) | 900 / 9.0 = 100 (1.00×) |",
		"| 10.0 ms | 12.0 ms | once, up to 7000 records | short |",
		"| ours, MTU 1500 | 2100 | 4000 | 100 | 9000 |",
		"| 1000 | 0 | 2000 | 0 | 4 | 12000 |",
		saysBulk,
	} {
		assert.Contains(t, text.String(), want)
	}
	assert.Equal(t, 1, strings.Count(text.String(), saysTimeWait), "under both churns, once")
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
	assert.Equal(t, 1+12, bars, "the paper, and a bar for each peer and figure")
}
