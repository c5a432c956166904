package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ethtoolValue is the kernel's struct ethtool_value, and ethtoolRequest its struct
// ifreq with a pointer to one: package unix has neither.
type ethtoolValue struct{ command, data uint32 }

type ethtoolRequest struct {
	name  [unix.IFNAMSIZ]byte
	value *ethtoolValue
	_     [16]byte // the rest of ifreq's union
}

// switchOff switches an offload of the loopback off.
func switchOff(fd int, command uint32) error {
	r := ethtoolRequest{value: &ethtoolValue{command: command, data: 0}}
	copy(r.name[:], "lo")
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&r)))
	if errno != 0 {
		return errno
	}
	return nil
}
