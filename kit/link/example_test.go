package link_test

import (
	"fmt"
	"time"

	"tcpworkbook/kit/link"
)

// A Direction is a link in virtual time: what is sent comes out when it is due, if the
// weather lets it.
func ExampleDirection() {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	start := now
	east, _, err := link.NewDirections(link.Config{AToB: link.Weather{
		Delay: 10 * time.Millisecond,
		Drop:  link.DropNth(2, nil), // lose the second
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"one", "two", "three"} {
		f := link.NewFrame(len(text))
		copy(f.Data, text)
		east.Send(now, f)
		now = now.Add(time.Millisecond)
	}
	for due, any := east.Next(); any; due, any = east.Next() {
		for _, f := range east.Receive(due, nil) {
			fmt.Println(due.Sub(start), string(f.Data))
			f.Free()
		}
	}
	fmt.Println("dropped:", east.Counters().Dropped)
	// Output:
	// 10ms one
	// 12ms three
	// dropped: 1
}

// A Loopback carries frames from one end to the other.
func ExampleNew() {
	cable, err := link.New(link.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cable.Close()
	cable.B().Attach(func(frames []*link.Frame) {
		for _, f := range frames {
			fmt.Printf("%s\n", f.Data)
			f.Free()
		}
	})
	f := link.NewFrame(5)
	copy(f.Data, "hello")
	cable.A().Send([]*link.Frame{f})
	cable.A().Deliver()
	// Output: hello
}
