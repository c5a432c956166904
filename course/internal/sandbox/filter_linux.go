package sandbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

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
	"brk", "madvise", "mincore", "mmap", "mprotect", "mremap", "munmap",
	// threads, their signals and their time
	"clock_getres", "clock_gettime", "clock_nanosleep", "exit", "exit_group", "futex", "getpid",
	"getppid", "getrusage", "gettid", "gettimeofday", "nanosleep", "restart_syscall", "rseq", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity",
	"sched_yield", "set_robust_list", "set_tid_address", "setitimer", "sigaltstack", "arch_prctl",
	"timer_create", "timer_delete", "timer_settime",
	// what is open, and how it stands with it; openat finds nothing
	"close", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
	"eventfd2", "fcntl", "fstat", "getdents64", "lseek", "newfstatat", "openat",
	"pipe2",
	"poll", "ppoll", "pread64", "read", "readv", "write", "writev",
	// who one is
	"getegid", "geteuid", "getgid", "getrandom", "getuid", "sysinfo", "uname",
	// to become the program, and bubblewrap's own waiting for it
	"execve", "wait4",
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
	allowed := seccomp.SyscallGroup{Action: seccomp.ActionAllow}
	for _, name := range computes {
		if _, has := machine.SyscallNames[name]; has {
			allowed.Names = append(allowed.Names, name)
		}
	}
	allowed.NamesWithCondtions = []seccomp.NameWithConditions{{
		Name:       "clone",
		Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD}},
	}}
	if process == 0 {
		allowed.Names = append(allowed.Names, "tgkill")
	} else {
		allowed.NamesWithCondtions = append(allowed.NamesWithCondtions, seccomp.NameWithConditions{
			Name:       "tgkill", // with which the runtime interrupts its threads
			Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.Equal, Value: uint64(process)}},
		})
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
