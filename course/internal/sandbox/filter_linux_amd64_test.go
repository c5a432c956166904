package sandbox

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// allows runs a filter on a call, as the kernel does.
func allows(t *testing.T, process, number int, arguments ...uint64) bool {
	t.Helper()
	policy, err := filter(process)
	require.NoError(t, err)
	program, err := policy.Assemble()
	require.NoError(t, err)
	machine, err := bpf.NewVM(program)
	require.NoError(t, err)
	// seccomp_data, whose words the machine here reads the higher byte first.
	var call []byte
	word := func(n uint32) { call = binary.BigEndian.AppendUint32(call, n) }
	word(uint32(number))
	word(unix.AUDIT_ARCH_X86_64)
	word(0)
	word(0)
	for i := range 6 {
		var a uint64
		if i < len(arguments) {
			a = arguments[i]
		}
		word(uint32(a)) // the lower half is first where the filter is for
		word(uint32(a >> 32))
	}
	verdict, err := machine.Run(call)
	require.NoError(t, err)
	return uint32(verdict) == uint32(unix.SECCOMP_RET_ALLOW)
}

// TestWhatTheFilterAllows has calls whose arguments are the numbers of other calls.
func TestWhatTheFilterAllows(t *testing.T) {
	const me, other = 4242, 0x10000 + 7 // whose number has a bit that stands for a thread
	for _, process := range []int{0, me} {
		assert.True(t, allows(t, process, unix.SYS_CLONE, unix.CLONE_VM|unix.CLONE_THREAD))
		assert.False(t, allows(t, process, unix.SYS_CLONE, unix.CLONE_VM|unix.CLONE_THREAD|unix.CLONE_VFORK))
		assert.False(t, allows(t, process, unix.SYS_CLONE, uint64(unix.SIGCHLD)))
		assert.True(t, allows(t, process, unix.SYS_TGKILL, me, me, uint64(unix.SIGURG)))
		assert.True(t, allows(t, process, unix.SYS_MMAP, 0, 4096, 3, unix.MAP_ANON|unix.MAP_PRIVATE))
		assert.False(t, allows(t, process, unix.SYS_MMAP, 0, 4096, 3, unix.MAP_ANON|unix.MAP_SHARED))
		assert.False(t, allows(t, process, unix.SYS_FORK))
		for number := range uint64(600) {
			// A process: what is no thread.
			for _, third := range []uint64{0, uint64(unix.SIGURG)} {
				assert.False(t, allows(t, process, unix.SYS_CLONE, number, number, third), "clone %d", number)
			}
			assert.False(t, allows(t, process, unix.SYS_MMAP, 0, 4096, 3, number|unix.MAP_SHARED), "mmap %d", number)
			if number != unix.RLIMIT_NPROC {
				assert.False(t, allows(t, process, unix.SYS_PRLIMIT64, 0, number), "prlimit64 %d", number)
			}
			if process != 0 {
				assert.False(t, allows(t, process, unix.SYS_TGKILL, other, other, number), "tgkill %d", number)
				assert.False(t, allows(t, process, unix.SYS_TGKILL, number, number, uint64(unix.SIGKILL)), "tgkill of %d", number)
			}
		}
		for _, command := range []uint64{unix.F_SETOWN, unix.F_SETSIG, unix.F_SETOWN_EX, unix.F_SETPIPE_SZ} {
			assert.False(t, allows(t, process, unix.SYS_FCNTL, 0, command))
		}
	}
}
