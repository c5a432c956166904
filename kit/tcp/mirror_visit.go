package tcp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// A visitor goes through values, and either writes them or reads them: so what travels is
// written down once, and both directions agree. While it reads it believes nothing; after
// the first error it changes nothing any more.
type visitor struct {
	mirror  *Mirror
	reading bool
	buf     []byte // what was written, or what is left to read
	err     error
}

func (v *visitor) fail(err error) {
	if v.err == nil {
		v.err = err
	}
}

// take returns the next n bytes, none after an error.
func (v *visitor) take(n int) []byte {
	if v.err == nil && (n < 0 || n > len(v.buf)) {
		v.fail(io.ErrUnexpectedEOF)
	}
	if v.err != nil {
		return nil
	}
	taken := v.buf[:n:n]
	v.buf = v.buf[n:]
	return taken
}

// uint visits a number that is at most limit.
func (v *visitor) uint(n, limit uint64) uint64 {
	if !v.reading {
		v.buf = binary.AppendUvarint(v.buf, n)
		return n
	}
	if v.err != nil {
		return 0
	}
	n, length := binary.Uvarint(v.buf)
	if length <= 0 {
		v.fail(io.ErrUnexpectedEOF)
		return 0
	}
	v.buf = v.buf[length:]
	if n > limit {
		v.fail(fmt.Errorf("%d is more than %d", n, limit))
		return 0
	}
	return n
}

// count reads a number of 0 to limit.
func (v *visitor) count(limit int) int { return int(v.uint(0, uint64(limit))) }

// unsigned visits a number of any unsigned type; what is too large for it is an error.
func unsigned[T ~uint8 | ~uint16 | ~uint32](v *visitor, n *T) {
	read := v.uint(uint64(*n), uint64(^T(0)))
	if v.reading && v.err == nil {
		*n = T(read)
	}
}

// signed visits a number of any signed type.
func signed[T ~int | ~int32 | ~int64](v *visitor, n *T) {
	if !v.reading {
		v.buf = binary.AppendVarint(v.buf, int64(*n))
		return
	}
	if v.err != nil {
		return
	}
	read, length := binary.Varint(v.buf)
	switch {
	case length <= 0:
		v.fail(io.ErrUnexpectedEOF)
	case int64(T(read)) != read:
		v.fail(fmt.Errorf("%d is too large", read))
	default:
		v.buf = v.buf[length:]
		*n = T(read)
	}
}

// Bool visits a truth value.
func (v *visitor) Bool(b *bool) {
	n := uint64(0)
	if *b {
		n = 1
	}
	if n = v.uint(n, 1); v.reading && v.err == nil {
		*b = n == 1
	}
}

// Uint16 visits a port, or a window.
func (v *visitor) Uint16(n *uint16) { unsigned(v, n) }

// Seq visits a sequence number.
func (v *visitor) Seq(s *Seq) { unsigned(v, s) }

// Timer visits the name of a timer.
func (v *visitor) Timer(t *Timer) { unsigned(v, t) }

// Secret visits the key of a hash.
func (v *visitor) Secret(s *[16]byte) {
	if !v.reading {
		v.buf = append(v.buf, s[:]...)
		return
	}
	copy(s[:], v.take(len(s)))
}

// zeroTime is when [time.Time] begins, in seconds before 1970.
const zeroTime = 62_135_596_800

// Time visits a time. One that is the same already stays as it is.
func (v *visitor) Time(t *time.Time) {
	seconds, nanoseconds := t.Unix()+zeroTime, t.Nanosecond()
	signed(v, &seconds)
	nanoseconds = int(v.uint(uint64(nanoseconds), 999_999_999))
	if !v.reading || v.err != nil {
		return
	}
	if read := time.Unix(seconds-zeroTime, int64(nanoseconds)).UTC(); !read.Equal(*t) {
		*t = read
	}
}

// AddrPort visits one end of a connection.
func (v *visitor) AddrPort(a *netip.AddrPort) {
	addr, port := a.Addr(), a.Port()
	v.addr(&addr)
	unsigned(v, &port)
	if v.reading && v.err == nil {
		*a = netip.AddrPortFrom(addr, port)
	}
}

func (v *visitor) addr(a *netip.Addr) {
	if !v.reading {
		at := len(v.buf)
		v.buf = append(v.buf, 0)
		v.buf, _ = a.AppendBinary(v.buf) // which knows no error
		v.buf[at] = byte(len(v.buf) - at - 1)
		return
	}
	if err := a.UnmarshalBinary(v.take(v.count(math.MaxInt8))); err != nil {
		v.fail(err)
	}
}

// FourTuple visits both ends of a connection.
func (v *visitor) FourTuple(t *FourTuple) {
	v.AddrPort(&t.Local)
	v.AddrPort(&t.Remote)
}

// bytes visits bytes; they are read into memory of their own. None and nil are told apart.
func (v *visitor) bytes(p *[]byte) {
	if !v.reading {
		if *p == nil {
			v.buf = append(v.buf, 0)
			return
		}
		v.buf = binary.AppendUvarint(v.buf, uint64(len(*p))+1)
		v.buf = append(v.buf, *p...)
		return
	}
	length := v.count(len(v.buf) + 1)
	if v.err != nil {
		return
	}
	*p = nil
	if length > 0 {
		*p = append(make([]byte, 0, length-1), v.take(length-1)...)
	}
}

// Text visits words.
func (v *visitor) Text(s *string) {
	p := []byte(*s)
	v.bytes(&p)
	if v.reading && v.err == nil {
		*s = string(p)
	}
}

// TCB visits a socket, or nil, by its number.
func (v *visitor) TCB(b **TCB) {
	if !v.reading {
		v.buf = binary.AppendUvarint(v.buf, uint64(v.mirror.numberOf(*b)))
		return
	}
	if i := readNumber[*tcbImage](v); i != nil {
		*b = i.b
	} else if v.err == nil {
		*b = nil
	}
}

// Table visits a host's table by its number.
func (v *visitor) Table(t **Table) {
	if !v.reading {
		v.buf = binary.AppendUvarint(v.buf, uint64(v.mirror.numberOfTable(*t)))
		return
	}
	if i := readNumber[*tableImage](v); i != nil {
		*t = i.t
	} else if v.err == nil {
		*t = nil
	}
}

func (v *visitor) config(c **Config) {
	if !v.reading {
		v.buf = binary.AppendUvarint(v.buf, uint64(v.mirror.numberOfConfig(*c)))
		return
	}
	if i := readNumber[*configImage](v); i != nil {
		*c = i.c
	} else if v.err == nil {
		*c = nil
	}
}

// readNumber reads an object's number, and returns its image. For 0, and after an error, that
// is the zero value.
func readNumber[T image](v *visitor) (i T) {
	number := v.count(math.MaxInt32)
	if v.err != nil || number == 0 {
		return i
	}
	if number > len(v.mirror.images) {
		v.fail(fmt.Errorf("there is no object %d", number))
		return i
	}
	i, ok := v.mirror.images[number-1].(T)
	if !ok {
		v.fail(fmt.Errorf("object %d is of another kind", number))
	}
	return i
}

// Segment visits a segment; its text is read into memory of its own.
func (v *visitor) Segment(s *Segment) {
	v.AddrPort(&s.Src)
	v.AddrPort(&s.Dst)
	unsigned(v, &s.Seq)
	unsigned(v, &s.Ack)
	unsigned(v, &s.Flags)
	unsigned(v, &s.Window)
	unsigned(v, &s.Urgent)
	unsigned(v, &s.Options.MSS)
	unsigned(v, &s.Options.WindowScale)
	v.Bool(&s.Options.HasWindowScale)
	unsigned(v, &s.Options.TSval)
	unsigned(v, &s.Options.TSecr)
	v.Bool(&s.Options.HasTimestamps)
	v.bytes(&s.Options.wire)
	v.bytes(&s.Payload)
}

// ForeignError is an error that has come from another process. It says what the error there
// says, and is, for [errors.Is], the system's errors that that one is.
type ForeignError struct {
	Text string
	Is   []syscall.Errno
}

func (e *ForeignError) Error() string { return e.Text }

// Unwrap returns the system's errors that e is.
func (e *ForeignError) Unwrap() []error {
	var all []error
	for _, errno := range e.Is {
		all = append(all, errno)
	}
	return all
}

// mostErrnos is how many of the system's errors one error may be.
const mostErrnos = 8

// Error visits an error: the system's errors that it is, and what it says. Any error that
// says the same already stays.
func (v *visitor) Error(err *error) {
	if !v.reading {
		v.buf = appendError(v.buf, *err)
		return
	}
	whole := v.buf
	var is []syscall.Errno
	for range v.count(mostErrnos) {
		is = append(is, syscall.Errno(v.uint(0, math.MaxInt32)))
	}
	var isText, isError bool
	v.Bool(&isError)
	v.Bool(&isText)
	text := ""
	if isText {
		v.Text(&text)
	}
	if v.err != nil || *err != nil && string(appendError(nil, *err)) == string(whole[:len(whole)-len(v.buf)]) {
		return
	}
	switch {
	case !isError:
		*err = nil
	case !isText && len(is) == 1:
		*err = is[0]
	default:
		*err = &ForeignError{text, is}
	}
}

// appendError appends an error as Error writes it.
func appendError(buf []byte, err error) []byte {
	errno, plain := err.(syscall.Errno)
	is := []syscall.Errno{errno}
	if !plain {
		is = errnos(err, nil)
	}
	v := visitor{buf: binary.AppendUvarint(buf, uint64(len(is)))}
	for _, e := range is {
		v.buf = binary.AppendUvarint(v.buf, uint64(e))
	}
	isError, isText := err != nil, err != nil && !plain
	v.Bool(&isError)
	v.Bool(&isText)
	if isText {
		text := strings.ToValidUTF8(err.Error(), "?")
		v.Text(&text)
	}
	return v.buf
}

// errnos appends the system's errors that err is to found.
func errnos(err error, found []syscall.Errno) []syscall.Errno {
	for err != nil && len(found) < mostErrnos {
		if errno, ok := err.(syscall.Errno); ok {
			return append(found, errno)
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				found = errnos(e, found)
			}
			return found[:min(len(found), mostErrnos)]
		}
		err = errors.Unwrap(err)
	}
	return found
}
