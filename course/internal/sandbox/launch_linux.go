package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"

	"tcpworkbook/kit/remote/serve"
)

// here says whether there is a launcher.
const here = true

// do puts on this process what is to hold the program, and becomes it. What it did not need
// stays behind: files are closed, and there is no environment.
func (l launch) do() error {
	// Whoever started it may be killed, and must not leave it behind.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return err
	}
	if err := l.Limits.put(); err != nil {
		return err
	}
	switch l.Kind {
	case Bubblewrap:
		return l.bubblewrap()
	case Landlock:
		return l.landlock()
	case None:
		program, err := exec.LookPath(l.Arguments[0])
		if err != nil {
			return err
		}
		return syscall.Exec(program, l.Arguments, os.Environ())
	}
	return fmt.Errorf("there is no sandbox %q", string(l.Kind))
}

// put limits this process and all that it becomes.
func (l Limits) put() error {
	for _, limit := range []struct {
		resource int
		value    uint64
	}{
		{unix.RLIMIT_DATA, l.Memory},
		{unix.RLIMIT_AS, l.Space},
		{unix.RLIMIT_CPU, uint64(l.CPU / time.Second)},
		{unix.RLIMIT_FSIZE, l.FileSize},
		{unix.RLIMIT_NOFILE, l.OpenFiles},
	} {
		if limit.value == 0 {
			continue
		}
		var most unix.Rlimit
		if err := unix.Getrlimit(limit.resource, &most); err != nil {
			return fmt.Errorf("limits: %w", err)
		}
		most.Max = min(most.Max, limit.value) // who starts it may have less
		most.Cur = most.Max
		if err := unix.Setrlimit(limit.resource, &most); err != nil {
			return fmt.Errorf("limits: %w", err)
		}
	}
	return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}

// environment is what the program is told. One that computes needs no more processors.
var environment = []string{"GOMAXPROCS=2"}

// threads is how many threads a program in a namespace of its own may have: see package serve.
const threads = 256

// bubblewrap becomes bubblewrap, which makes namespaces with an empty file system, and starts
// the program there.
func (l launch) bubblewrap() error {
	program, err := exec.LookPath(bubblewrapProgram())
	if err != nil {
		return errors.New("bwrap is not installed")
	}
	filter, err := filterFile()
	if err != nil {
		return err
	}
	arguments := []string{
		"bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
		"--clearenv", "--setenv", "GOMAXPROCS", "2", "--setenv", serve.ThreadsVariable, strconv.Itoa(threads),
		"--seccomp", strconv.Itoa(filter),
	}
	if l.Probe { // which needs what this program is linked with
		arguments = append(arguments, "--ro-bind", "/", "/", "--remount-ro", "/", "--")
		self, err := os.Executable()
		if err != nil {
			return err
		}
		return syscall.Exec(program, append(arguments, self, probeFlag), nil)
	}
	arguments = append(arguments, "--ro-bind", l.Arguments[0], "/chapter", "--remount-ro", "/", "--chdir", "/", "--", "/chapter")
	return syscall.Exec(program, append(arguments, l.Arguments[1:]...), nil)
}

// bubblewrapProgram is where bubblewrap is looked for; without a PATH, where it is installed.
func bubblewrapProgram() string {
	for _, p := range []string{"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"} {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return "bwrap"
}

// landlock gives up all rights to files, but to read and run the program, and becomes it.
func (l launch) landlock() error {
	runtime.LockOSThread() // whose capabilities the program gets
	if err := os.Chdir("/"); err != nil {
		return err
	}
	var rules []landlock.Rule
	if !l.Probe {
		rules = append(rules, landlock.ROFiles(l.Arguments[0]))
	}
	// Of what a kernel does not know yet the filter has most: network and signals. That it
	// knows files at all is tried out.
	if err := landlock.V6.BestEffort().Restrict(rules...); err != nil {
		return err
	}
	if err := dropCapabilities(); err != nil {
		return err
	}
	if err := loadFilter(); err != nil {
		return err
	}
	if l.Probe {
		return probe(true)
	}
	return syscall.Exec(l.Arguments[0], l.Arguments, environment)
}

// dropCapabilities gives up what root may, and nobody else: to raise limits, to take memory out of
// use. A program that gains no privileges does not get them back. Bubblewrap does that itself.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	return nil
}

// probe tries to do what a submission must not, and says what it could. Files it tries only
// where the program is the one that would be launched: bubblewrap shows that one none.
func probe(files bool) error {
	runtime.LockOSThread()
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
		return errors.New("it has a network")
	}
	if err := exec.Command("/proc/self/exe", probeFlag).Start(); err == nil {
		return errors.New("it starts processes")
	}
	if err := unix.Kill(1, 0); err == nil && files {
		return errors.New("it signals other processes")
	}
	for _, name := range []string{"/etc/passwd", "/proc/self/environ", "/"} {
		if f, err := os.Open(name); err == nil && files {
			f.Close()
			return fmt.Errorf("it reads %s", name)
		}
	}
	if f, err := os.CreateTemp("", "probe"); err == nil {
		f.Close()
		os.Remove(f.Name())
		return errors.New("it writes files")
	}
	return errors.New(held)
}
