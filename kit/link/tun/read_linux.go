package tun

import (
	"golang.org/x/sys/unix"

	"tcpworkbook/kit/link"
)

// maxBatch is how many frames the handler gets at once; see package link.
const maxBatch = 64

// read hands what the kernel sends to the handler until the device is closed.
func (d *Device) read() {
	defer close(d.done)
	var (
		frames = make([]*link.Frame, 0, maxBatch)
		failed error
	)
	collect := func(fd uintptr) bool {
		frames, failed = d.readBatch(int(fd), frames[:0])
		return len(frames) > 0 || failed != nil // else wait until there is something
	}
	for {
		if err := d.raw.Read(collect); err != nil {
			return // closed
		}
		if len(frames) > 0 {
			d.hand(frames)
		}
		if failed != nil { // such as EBADFD: somebody deleted the device
			d.mu.Lock()
			d.err = explain("read from device "+d.name, failed)
			d.mu.Unlock()
			return
		}
	}
}

// readBatch appends to frames what can be read without waiting.
func (d *Device) readBatch(fd int, frames []*link.Frame) ([]*link.Frame, error) {
	for len(frames) < maxBatch {
		f := link.NewFrame(d.mtu)
		n, err := unix.Read(fd, f.Data)
		if err == nil && n > 0 {
			f.Data = f.Data[:n]
			frames = append(frames, f)
			continue
		}
		f.Free()
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN, err == nil:
			return frames, nil
		default:
			return frames, err
		}
	}
	return frames, nil
}

// hand gives a batch to the handler.
func (d *Device) hand(frames []*link.Frame) {
	for _, f := range frames {
		d.observe(link.BToA, f, link.Carried)
	}
	d.mu.Lock()
	d.counters.Received += uint64(len(frames))
	h := d.handler
	if d.closed {
		h = freeAll
	}
	d.mu.Unlock()
	h(frames)
	clear(frames)
}
