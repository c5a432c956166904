package solutions_test

import (
	"io"
	"testing"

	"tcpworkbook/kit/link"
)

// BenchmarkBulk sends 64 KiB at a time from one host to another.
func BenchmarkBulk(b *testing.B) {
	for _, mtu := range []struct {
		name string
		mtu  int
	}{{"MTU1500", 1500}, {"MTU65535", 65535}} {
		b.Run(mtu.name, func(b *testing.B) {
			n := newNetwork(b, link.Config{MTU: mtu.mtu})
			c, s := n.connect(b)
			done := make(chan int64)
			go func() {
				count, _ := io.Copy(io.Discard, s)
				done <- count
			}()
			data := make([]byte, 64<<10)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(data); err != nil {
					b.Fatal(err)
				}
			}
			c.Close()
			<-done
			s.Close()
		})
	}
}

// BenchmarkPingPong sends one byte there and back.
func BenchmarkPingPong(b *testing.B) {
	n := newNetwork(b, link.Config{})
	c, s := n.connect(b)
	go io.Copy(s, s)
	oneByte := make([]byte, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(oneByte); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Read(oneByte); err != nil {
			b.Fatal(err)
		}
	}
	c.Close()
}

// BenchmarkChurn opens a connection, has a byte echoed, and closes it, the
// server first. TIME-WAIT lasts a moment only, or the ports would run out.
func BenchmarkChurn(b *testing.B) {
	n := newNetwork(b, link.Config{}, shortMSL)
	l := n.listen(b, web)
	go func() {
		oneByte := make([]byte, 1)
		for {
			s, err := l.Accept()
			if err != nil {
				return
			}
			io.ReadFull(s, oneByte)
			s.Write(oneByte)
			s.Close()
		}
	}()
	oneByte := make([]byte, 1)
	b.ReportAllocs()
	for b.Loop() {
		c, err := n.client.Dial("tcp", web)
		if err != nil {
			b.Fatal(err)
		}
		c.Write(oneByte)
		io.ReadFull(c, oneByte)
		c.Read(oneByte)
		c.Close()
	}
	l.Close()
}
