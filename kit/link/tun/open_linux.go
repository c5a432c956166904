package tun

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const devicePath = "/dev/net/tun"

// Open makes a device, gives it its addresses and brings it up. The device is
// gone when it is closed, or the process ends. An error says what is missing.
func Open(c Config) (*Device, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	fd, err := unix.Open(devicePath, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, explain("open "+devicePath, err)
	}
	name, err := create(fd, c.Name)
	if err == nil {
		err = configure(name, &c)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	// Only now: a device that is not yet made would be reported as broken to the
	// runtime's poller.
	return newDevice(os.NewFile(uintptr(fd), devicePath), name, &c)
}

// create makes the device behind fd and returns its name.
func create(fd int, name string) (string, error) {
	if name == "" {
		name = "tun%d" // the kernel puts the first free number there
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return "", fmt.Errorf("tun: device name %q: %w", name, err)
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI) // IP packets, with nothing before them
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return "", explain("make the device", err)
	}
	return request.Name(), nil
}

// configure sets the MTU, brings the device up and gives it its addresses.
func configure(name string, c *Config) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return explain("open a socket to configure "+name, err)
	}
	defer unix.Close(socket)
	if err := set(socket, name, unix.SIOCSIFMTU, "set the MTU", func(r *unix.Ifreq) error {
		r.SetUint32(uint32(c.MTU))
		return nil
	}); err != nil {
		return err
	}
	if err := set(socket, name, unix.SIOCSIFFLAGS, "bring up the device", func(r *unix.Ifreq) error {
		r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
		return nil
	}); err != nil {
		return err
	}
	for _, a := range c.Addresses {
		add := addIPv6
		if a.Addr().Is4() {
			add = addIPv4
		}
		if err := add(socket, name, a); err != nil {
			return err
		}
	}
	return nil
}

// set sends the kernel one request about a device.
func set(socket int, name string, request uint, what string, fill func(*unix.Ifreq) error) error {
	r, err := unix.NewIfreq(name)
	if err == nil {
		err = fill(r)
	}
	if err == nil {
		err = unix.IoctlIfreq(socket, request, r)
	}
	return explain(what+" on "+name, err)
}

func addIPv4(socket int, name string, a netip.Prefix) error {
	address := func(length []byte) func(*unix.Ifreq) error {
		return func(r *unix.Ifreq) error { return r.SetInet4Addr(length) }
	}
	if err := set(socket, name, unix.SIOCSIFADDR, "set the address "+a.String(), address(a.Addr().AsSlice())); err != nil {
		return err
	}
	mask := ^uint32(0) << (32 - a.Bits()) // a shift by 32 gives 0
	length := []byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}
	return set(socket, name, unix.SIOCSIFNETMASK, "set the netmask of "+a.String(), address(length))
}

// in6Request is the kernel's struct in6_ifreq, which x/sys/unix lacks.
type in6Request struct {
	address [16]byte
	bits    uint32
	index   int32
}

func addIPv6(socket int, name string, a netip.Prefix) error {
	what := "add the address " + a.String() + " to " + name
	index, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, index)
	}
	if err != nil {
		return explain(what, err)
	}
	// IPv6 addresses are only known to an IPv6 socket.
	socket6, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return explain(what, err)
	}
	defer unix.Close(socket6)
	request := in6Request{a.Addr().As16(), uint32(a.Bits()), int32(index.Uint32())}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(socket6), unix.SIOCSIFADDR, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return explain(what, errno)
	}
	return nil
}

// explain says in one sentence what failed and what to do about it; nil stays
// nil.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	advice := ""
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		advice = "; this machine has no TUN devices: load the kernel's tun module (modprobe tun), or use a machine or container that has " + devicePath
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		advice = "; run it as root (sudo), or with the capability CAP_NET_ADMIN"
	case errors.Is(err, unix.EBUSY):
		advice = "; another program has this device open: choose another name"
	case errors.Is(err, unix.EEXIST):
		advice = "; something on this machine has that address already: choose another"
	}
	return fmt.Errorf("tun: %s: %w%s", what, err, advice)
}
