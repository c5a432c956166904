// Package world is two hosts, the air between them, and a time of its own: a whole
// conversation of TCP with itself on one goroutine, as fast as it can be computed, and
// the same each time.
//
//	w, err := world.New(world.Config{
//		A:    world.Setup{Chapters: solutions.Chapters()},
//		B:    world.Setup{Chapters: solutions.Chapters()},
//		Link: link.Config{AToB: link.Weather{Delay: 50 * time.Millisecond, Loss: 0.01}, Seed: 1},
//	})
//	l, err := w.B.Listen(netip.AddrPortFrom(w.B.Addr, 80), 8)
//	c, err := w.A.Connect(netip.AddrPortFrom(w.A.Addr, 0), netip.AddrPortFrom(w.B.Addr, 80))
//	w.RunUntil(func() bool { return c.State == tcp.Established })
//
// The time stands still while something happens, and jumps from one thing to the
// next: what At has planned, an arrival, a timer. Of those due at the same time the
// first is always the same one; see [World.Step]. The weather draws by a seed, and
// nothing else is left to chance, so the same settings and calls make the same
// conversation, segment for segment. To go back is to make a new world and do the
// same again.
//
// What is in the air is a list, of which each packet can be touched by its number, while
// the time stands still: lost, copied, delayed, held, delivered and changed; see
// [World.Air].
//
// The air is two [link.Direction]s, the weather that real links have too. What is in it
// are packets, byte for byte, and not segments as values: so a segment is encoded
// and decoded on its way as it is anywhere else, a bit of it can be flipped, and its
// text is nobody's memory any more.
package world
