package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// childFlag makes a bench measure for another; see bareKernelPeer.
const childFlag = "in-namespace"

// bareKernelPeer is the kernel without what hides the cost of a segment: a
// loopback with an MTU of 1500, which does not let larger ones pass uncut. It
// would be everybody's loopback, so it is made in a network namespace, where
// another process of this program measures.
func bareKernelPeer() *peer {
	p := &peer{name: kernel1500, noMemory: true}
	if os.Geteuid() != 0 {
		p.skip = "only root may make the network namespace that it needs"
		return p
	}
	child, err := startChild()
	if err != nil {
		p.skip = fmt.Sprintf("no network namespace could be made: %v", err)
		return p
	}
	p.remote = child.measure
	return p
}

// child is a bench in a network namespace of its own.
type child struct {
	requests *json.Encoder
	answers  *json.Decoder
}

type request struct {
	Work string
	Time time.Duration
}

type answer struct {
	Values []float64
	Error  string
}

// startChild starts it. It ends with its parent, when its standard input does.
func startChild() (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-"+childFlag)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))}
	if _, err := c.read(); err != nil {
		return nil, fmt.Errorf("%s: %w", noLoopback, err)
	}
	return c, nil
}

func (c *child) measure(work string, d time.Duration) ([]float64, error) {
	if err := c.requests.Encode(request{work, d}); err != nil {
		return nil, err
	}
	return c.read()
}

func (c *child) read() ([]float64, error) {
	var a answer
	if err := c.answers.Decode(&a); err != nil {
		return nil, err
	}
	if a.Error != "" {
		return nil, errors.New(a.Error)
	}
	return a.Values, nil
}

// serveParent measures what it is asked for, until nobody asks any more.
func serveParent(in io.Reader, out io.Writer) error {
	requests, answers := json.NewDecoder(in), json.NewEncoder(out)
	if err := answers.Encode(answered(nil, bareLoopback())); err != nil {
		return err
	}
	for {
		var r request
		if err := requests.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := answers.Encode(answered(measure(kernelPeer(), findWork(r.Work), r.Time))); err != nil {
			return err
		}
	}
}

// findWork returns the work of that name.
func findWork(name string) *work {
	for _, w := range works {
		if w.name == name {
			return w
		}
	}
	return nil
}

func answered(values []float64, err error) answer {
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Values: values}
}

// bareLoopback sets up this namespace's loopback: MTU 1500, no offloads.
func bareLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := setLoopback(fd, unix.SIOCSIFMTU, func(r *unix.Ifreq) { r.SetUint32(1500) }); err != nil {
		return fmt.Errorf("set the MTU: %w", err)
	}
	for _, offload := range []uint32{unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO, unix.ETHTOOL_SGRO} {
		if err := switchOff(fd, offload); err != nil {
			return fmt.Errorf("switch an offload off: %w", err)
		}
	}
	up := func(r *unix.Ifreq) { r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING) }
	if err := setLoopback(fd, unix.SIOCSIFFLAGS, up); err != nil {
		return fmt.Errorf("bring it up: %w", err)
	}
	return nil
}

func setLoopback(fd int, what uint, set func(*unix.Ifreq)) error {
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	set(r)
	return unix.IoctlIfreq(fd, what, r)
}
