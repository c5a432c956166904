package tun

import (
	"golang.org/x/sys/unix"

	"tcpworkbook/kit/link"
)

// fairShare is how many frames a caller of Deliver writes before it hands the
// rest to a goroutine made for it.
const fairShare = 1024

// A tally is what became of one batch of writes.
type tally struct{ refused, tooLong uint64 }

// Send queues frames for the kernel; see link.End.
func (d *Device) Send(frames []*link.Frame) {
	d.mu.Lock()
	closed := d.closed
	if !closed {
		d.queue = append(d.queue, frames...)
	}
	d.mu.Unlock()
	if closed {
		freeAll(frames)
	}
}

// Deliver writes what was sent to the kernel. If another goroutine is at it
// already, it leaves the frames to that one and returns.
func (d *Device) Deliver() {
	d.mu.Lock()
	if d.delivering {
		d.mu.Unlock()
		return // take will see the frames, under the lock
	}
	d.delivering = true
	d.mu.Unlock()
	for share := fairShare; share > 0; share -= len(d.taken) {
		if !d.take() {
			return
		}
		d.writeAll()
	}
	go d.deliverRest()
}

func (d *Device) deliverRest() {
	for d.take() {
		d.writeAll()
	}
}

// take takes up what was sent; when that is nothing, it ends delivering and
// returns false.
func (d *Device) take() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counters.Refused += d.written.refused
	d.counters.TooLong += d.written.tooLong
	d.written = tally{}
	d.taken, d.queue = d.queue, d.taken[:0]
	d.counters.Sent += uint64(len(d.taken))
	d.delivering = len(d.taken) > 0
	return d.delivering
}

// writeAll writes the frames taken up, and frees them. After Close it only frees.
func (d *Device) writeAll() {
	for _, f := range d.taken {
		fate := link.Carried
		if len(f.Data) > d.mtu {
			d.written.tooLong++
			fate = link.TooLong
		}
		d.observe(link.AToB, f, fate)
	}
	_ = d.raw.Write(d.write) // fails when the device is closed, which loses frames as any cable would
	freeAll(d.taken)
	clear(d.taken)
}

// writeTaken writes one packet after the other. A TUN device takes each at once
// or not at all, so there is never a reason to wait. Nothing outside is called
// here: Close waits for this.
func (d *Device) writeTaken(fd uintptr) bool {
	for _, f := range d.taken {
		if len(f.Data) > d.mtu {
			continue
		}
		_, err := unix.Write(int(fd), f.Data)
		for err == unix.EINTR {
			_, err = unix.Write(int(fd), f.Data)
		}
		if err != nil {
			d.written.refused++
		}
	}
	return true
}
