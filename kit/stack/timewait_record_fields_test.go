package stack

import (
	"io"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// lostAtRest are the fields of a TCB that a socket at rest does not keep, each with why
// a conversation that is over has no use for it. A name stands for all below it.
var lostAtRest = map[string]string{
	"Snd.Wl1":            "nothing is sent that a window could allow",
	"Snd.Wl2":            "as Wl1",
	"Snd.Resend":         "says something only while Resending is set",
	"Rcv.FinSeen":        "FinDone says more",
	"RTO":                "nothing is sent that would have to come again, or be timed",
	"Congestion":         "no text is sent",
	"Keeping.Owner":      "nobody has it any more",
	"Keeping.Due":        "the queue of those at rest knows",
	"Keeping.Index":      "as Due",
	"Keeping.Unread":     "its queues are empty",
	"Keeping.InOrder":    "no text comes any more that would count",
	"Keeping.PeerACK":    "all text is acknowledged",
	"Keeping.HasPeerACK": "as PeerACK",
	"Keeping.Disowned":   "only who is disowned goes to rest",
	"Keeping.Freed":      "what is freed is no socket",
}

// Each field of a TCB that differs from what it was, alone, is still so in the socket
// that comes back; or it is a reason not to rest; or it is in the list above. So a field
// that is new makes somebody decide.
func TestARecordLosesNoField(t *testing.T) {
	plain := func() *tcp.TCB {
		b := finished("192.0.2.1:80", "192.0.2.2:49152")
		b.Scaling, b.Passive, b.NoDelay, b.Reuse = false, false, false, false
		b.Timestamps = tcp.Timestamps{LastACKSent: b.Rcv.Nxt}
		return b
	}
	full := func() *tcp.TCB { return finished("[2001:db8::1]:80", "[2001:db8::2]:49152") }
	lost := make(map[string]bool)
	for _, socket := range []func() *tcp.TCB{full, plain} {
		for _, f := range fields(reflect.TypeFor[tcp.TCB](), "", nil) {
			b := socket()
			was := f.of(b)
			change(t, f.name, was)
			var r timeWaitRecord
			if !r.keep(b, noon) {
				continue
			}
			back := tcp.NewTCB(b.Config)
			r.restore(back, noon)
			back.Timers.TimeWait = b.Timers.TimeWait // by the caller
			if reflect.DeepEqual(was.Interface(), f.of(back).Interface()) {
				continue
			}
			name := f.name
			for lostAtRest[name] == "" && strings.Contains(name, ".") {
				name = name[:strings.LastIndexByte(name, '.')]
			}
			assert.NotEmpty(t, lostAtRest[name], "%s was %v, and comes back as %v", f.name, was, f.of(back))
			lost[name] = true
		}
	}
	for name := range lostAtRest {
		assert.True(t, lost[name], "%s is kept, or no field at all", name)
	}
}

// A tcbField is a field of a TCB, or of a struct in it: its name as in b.Snd.Una, without the b.
type tcbField struct {
	name  string
	index []int
}

// of returns the field of b, to be read and changed whether it is exported or not.
func (f tcbField) of(b *tcp.TCB) reflect.Value {
	v := reflect.ValueOf(b).Elem().FieldByIndex(f.index)
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// fields lists the fields of a struct, and those of structs in it that have fields to
// be looked at.
func fields(of reflect.Type, prefix string, index []int) (all []tcbField) {
	for i := range of.NumField() {
		f := of.Field(i)
		name, at := prefix+f.Name, append(slices.Clone(index), i)
		switch f.Type {
		case reflect.TypeFor[tcp.Buffer](), reflect.TypeFor[time.Time](), reflect.TypeFor[netip.AddrPort]():
		default:
			if f.Type.Kind() == reflect.Struct {
				all = append(all, fields(f.Type, name+".", at)...)
				continue
			}
		}
		all = append(all, tcbField{name, at})
	}
	return all
}

// change gives v another value.
func change(t *testing.T, name string, v reflect.Value) {
	switch at := v.Addr().Interface().(type) {
	case *tcp.Buffer:
		require.Equal(t, 1, at.Append([]byte{1}))
		return
	case *time.Time:
		if at.IsZero() {
			*at = noon
		}
		*at = at.Add(-time.Minute)
		return
	case *netip.AddrPort:
		*at = netip.AddrPortFrom(at.Addr().Next(), at.Port()+1)
		return
	case *error:
		*at = io.EOF
		return
	case *any:
		*at = 1
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(uint32(v.Uint() + 1)))
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	case reflect.Pointer:
		changed := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			changed.Elem().Set(v.Elem())
		}
		v.Set(changed)
	default:
		require.FailNow(t, "say how to change it", "%s, a %v", name, v.Type())
	}
}
