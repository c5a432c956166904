package storm

// dice are random numbers that follow from one number.
type dice uint64

// roll returns a number less than n, which is at least 1.
func (d *dice) roll(n int) int { return int(d.next() % uint64(n)) }

// one returns true once in n times.
func (d *dice) one(n int) bool { return d.roll(n) == 0 }

// next is SplitMix64.
func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// choose returns one of the choices.
func choose[T any](d *dice, choices ...T) T { return choices[d.roll(len(choices))] }
