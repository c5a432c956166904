// Package link is the cable between two hosts: it carries IP packets, here
// called frames, from one end to the other and promises nothing about them.
//
//	  host A                                            host B
//	┌─────────┐  Send   ┌────────────────────┐ Handler ┌─────────┐
//	│         │ ──────▶ │ A to B   ☂ weather │ ──────▶ │         │
//	│  stack  │  A()    ├────────────────────┤    B()  │  stack  │
//	│         │ ◀────── │ ☂ weather   B to A │ ◀────── │         │
//	└─────────┘ Handler └─────────┬──────────┘  Send   └─────────┘
//	                              └──▶ Tap: sees every frame, sent and arrived
//
// A [Loopback] is such a cable inside one process. Make it with [New], plug one
// stack into each [End], and what one sends the other's [Handler] receives. With
// no [Weather] every frame arrives at once and in order. Weather makes a
// direction lose, hold up, repeat or damage frames, as real networks do, by dice
// with a seed: the same seed and the same frames meet the same fate. A
// [Weather].Drop picks out frames by what is in them ("lose the server's FIN
// once"). A [Tap] watches; package capture writes what it sees for Wireshark.
//
// A host works in two steps. Under its own lock it calls Send, which only queues,
// so frames leave in the order in which the host made them. With no lock held it
// calls Deliver, which carries them: on the caller's goroutine, through the
// weather, into the other host's handler, and the answers back, until nothing is
// left to carry; after a thousand frames a goroutine made for it takes over, so that
// the caller can go on. Two goroutines never carry at once: who calls Deliver
// meanwhile returns straight away, and the one at work takes those frames as well. An
// idle link has no goroutine, only, while a delayed frame is in the air, a timer.
//
// The queue between Send and Deliver has no limit. Send must never block, and a
// frame should be lost by the weather that was asked for, never because of which
// goroutine happened to run; TCP's windows bound what two hosts put there. A slow
// line whose queue overflows is weather too: Rate and Queue.
//
// A program with a time of its own, such as a simulation on one goroutine, uses a
// [Direction] by itself: the same weather, without goroutine, clock or lock.
// Package tun has an End whose other side is the operating system.
package link
