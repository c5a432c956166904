package tun

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"tcpworkbook/kit/link"
)

// Device is a TUN device: the end of a link whose other end is the kernel. Its
// methods may be called by several goroutines at once. The handler runs on a
// goroutine of the device, which reads.
type Device struct {
	file *os.File
	raw  syscall.RawConn
	name string
	mtu  int
	done chan struct{} // closed when the reading goroutine has ended

	mu         sync.Mutex // never held while anything outside is called
	handler    link.Handler
	reading    bool // the reading goroutine was started
	delivering bool
	closed     bool
	err        error         // why reading ended, when not by Close
	queue      []*link.Frame // sent, not yet taken up
	counters   Counters

	taken   []*link.Frame      // belongs to whoever delivers
	write   func(uintptr) bool // writes taken; made once, so that it costs no allocation
	written tally

	tapping sync.Mutex // a Tap is called for one frame at a time
	tap     link.Tap
	numbers [2]uint64
}

func newDevice(file *os.File, name string, c *Config) (*Device, error) {
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, explain("poll device "+name, err)
	}
	d := &Device{file: file, raw: raw, name: name, mtu: c.MTU, tap: c.Tap, done: make(chan struct{})}
	d.write = d.writeTaken
	return d, nil
}

// Name returns the device's name.
func (d *Device) Name() string { return d.name }

// MTU returns the largest IP packet, bytes.
func (d *Device) MTU() int { return d.mtu }

// Counters returns what has been counted so far. While frames are being sent,
// Refused and TooLong may be a batch behind.
func (d *Device) Counters() Counters {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counters
}

// Attach sets the handler and starts to read. Until then the kernel keeps the
// first 500 frames. A second call puts another handler in the first one's place.
func (d *Device) Attach(h link.Handler) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handler = h
	if !d.reading && !d.closed {
		d.reading = true
		go d.read()
	}
}

// observe tells the tap of a frame.
func (d *Device) observe(way link.Way, f *link.Frame, fate link.Fate) {
	if d.tap == nil {
		return
	}
	d.tapping.Lock()
	defer d.tapping.Unlock()
	d.numbers[way]++
	o := link.Observation{Way: way, Number: d.numbers[way], Event: link.SentEvent, Sent: time.Now(), Fate: fate, Frame: f.Data}
	d.tap(o)
	if fate == link.Carried {
		o.Event, o.Arrived = link.ArrivedEvent, o.Sent
		d.tap(o)
	}
}

// Close removes the device and ends the reading goroutine, though a batch may
// still be with the handler when Close returns. It calls no handler, so locks may
// be held. It returns why reading ended early, if it did. To close again does
// nothing.
func (d *Device) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	if !d.delivering {
		freeAll(d.queue)
		d.queue = nil
	}
	err := d.err
	d.mu.Unlock()
	return errors.Join(err, d.file.Close()) // waits until nobody is in a read or write, and none of those waits
}

func freeAll(frames []*link.Frame) {
	for _, f := range frames {
		f.Free()
	}
}

var _ link.End = (*Device)(nil)
