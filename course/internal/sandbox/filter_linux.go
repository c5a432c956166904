package sandbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// computes are the system's calls that a Go program makes while it computes, reads its input
// and writes its output. All others fail: those that make files, sockets and processes, signal
// them, or change what they may.
var computes = []string{
	// memory
	"brk", "madvise", "mincore", "mprotect", "mremap", "munmap",
	// threads, their signals and their time
	"clock_getres", "clock_gettime", "clock_nanosleep", "exit", "exit_group", "futex", "getpid",
	"getppid", "getrusage", "gettid", "gettimeofday", "nanosleep", "restart_syscall", "rseq", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity",
	"sched_yield", "set_robust_list", "set_tid_address", "setitimer", "sigaltstack", "arch_prctl",
	// what is open, and how it stands with it; nothing is told of other files by their names
	"close", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
	"eventfd2", "fstat", "getdents64", "lseek",
	"pipe2",
	"poll", "ppoll", "pread64", "read", "readv", "write", "writev",
	// who one is
	"getegid", "geteuid", "getgid", "getrandom", "getuid", "sysinfo", "uname",
	// to become the program, and bubblewrap's own waiting for it
	"execve", "wait4",
}

// more are the calls that are allowed to process, or to any for 0: where bubblewrap is, there are no
// files, and libraries are looked for with it by the program that tries to break out.
func more(process int) []string {
	if process == 0 {
		return append(slices.Clone(computes), "newfstatat")
	}
	return computes
}

// withinBounds are those of which only some arguments are allowed, for process, or for any for 0.
//
// Where the arguments of one do not fit, its filter compares the last of them, and not the call's
// number any more, with the numbers of those behind it. So clone, which is to be behind all others,
// makes a process only for who calls clone; and none of the others do anything to another process:
// TestWhatTheFilterAllows looks.
func withinBounds(process int) []seccomp.NameWithConditions {
	const (
		flags, command, signal = 3, 1, 2 // the arguments of mmap, fcntl and tgkill
		resource, how          = 1, 2    // of prlimit64 and openat
	)
	is := func(argument uint32, value uint64) seccomp.Condition {
		return seccomp.Condition{Argument: argument, Operation: seccomp.Equal, Value: value}
	}
	all := []seccomp.NameWithConditions{
		// It finds nothing; but Landlock lets everybody open a mere path, and ask for the size of what
		// is there.
		{Name: "openat", Conditions: seccomp.ArgumentConditions{
			{Argument: how, Operation: seccomp.BitsNotSet, Value: unix.O_PATH}}},
		// Memory that is shared, or a stack's, is no data: no limit on data counts it.
		{Name: "mmap", Conditions: seccomp.ArgumentConditions{
			{Argument: flags, Operation: seccomp.BitsNotSet, Value: unix.MAP_SHARED | unix.MAP_GROWSDOWN}}},
	}
	// F_SETOWN and F_SETSIG have the kernel send any signal, to any process of the same user.
	for _, c := range []uint64{unix.F_DUPFD, unix.F_DUPFD_CLOEXEC, unix.F_GETFD, unix.F_SETFD, unix.F_GETFL, unix.F_SETFL} {
		all = append(all, seccomp.NameWithConditions{Name: "fcntl", Conditions: seccomp.ArgumentConditions{is(command, c)}})
	}
	// With that signal the runtime interrupts its threads. With others who is called could stop
	// itself, and would be waited for.
	kill := seccomp.ArgumentConditions{is(signal, uint64(unix.SIGURG))}
	if process != 0 {
		kill = slices.Insert(kill, 0, is(0, uint64(process))) // first, so that the last is never another's number
	}
	return append(all,
		seccomp.NameWithConditions{Name: "tgkill", Conditions: kill},
		seccomp.NameWithConditions{Name: "prlimit64", Conditions: seccomp.ArgumentConditions{is(0, 0), is(resource, unix.RLIMIT_NPROC)}},
		// A thread whose maker waits for it (CLONE_VFORK) has it look like one that waits for the
		// disk, whose time nobody counts.
		seccomp.NameWithConditions{Name: "clone", Conditions: seccomp.ArgumentConditions{
			{Argument: 0, Operation: seccomp.BitsNotSet, Value: unix.CLONE_VFORK},
			{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD}}},
	)
}

// filter is a seccomp filter that allows these, threads, and signals to process, or to any
// for 0.
func filter(process int) (seccomp.Policy, error) {
	machine, err := arch.GetInfo("")
	if err != nil {
		return seccomp.Policy{}, err
	}
	if len(machine.SyscallNames) == 0 {
		return seccomp.Policy{}, fmt.Errorf("nobody knows the system's calls of %s", machine.Name)
	}
	allowed := seccomp.SyscallGroup{Action: seccomp.ActionAllow, NamesWithCondtions: withinBounds(process)}
	for _, name := range more(process) {
		if _, has := machine.SyscallNames[name]; has {
			allowed.Names = append(allowed.Names, name)
		}
	}
	// Its flags are in memory, where no filter looks. C's library uses clone instead if there
	// is none.
	missing := seccomp.SyscallGroup{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)}
	if _, has := machine.SyscallNames["clone3"]; has {
		missing.Names = []string{"clone3"}
	}
	return seccomp.Policy{
		DefaultAction: seccomp.ActionErrno,
		Syscalls:      []seccomp.SyscallGroup{allowed, missing},
	}, nil
}

// loadFilter puts the filter on this process.
func loadFilter() error {
	policy, err := filter(os.Getpid()) // it stays the same when the process becomes another program
	if err != nil {
		return err
	}
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: policy})
}

// filterFile returns a file that has the filter as bubblewrap reads it. It is not closed when
// this process becomes another program.
func filterFile() (descriptor int, err error) {
	policy, err := filter(0) // there are no others' processes there
	if err != nil {
		return 0, err
	}
	assembled, err := policy.Assemble()
	if err != nil {
		return 0, err
	}
	raw, err := bpf.Assemble(assembled)
	if err != nil {
		return 0, err
	}
	var text bytes.Buffer
	for _, i := range raw {
		binary.Write(&text, binary.NativeEndian, unix.SockFilter{Code: i.Op, Jt: i.Jt, Jf: i.Jf, K: i.K})
	}
	if descriptor, err = unix.MemfdCreate("filter", 0); err != nil {
		return 0, err
	}
	if _, err = unix.Write(descriptor, text.Bytes()); err != nil {
		return 0, err
	}
	_, err = unix.Seek(descriptor, 0, 0)
	return descriptor, err
}
