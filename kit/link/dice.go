package link

import "math/rand/v2"

// A roll is all the chance that one frame may need. It is drawn whole for each
// frame, whatever of it is used: so the fate of the next frame does not hang on
// what became of this one, and to change one setting leaves the others' dice as
// they were.
type roll struct {
	turn, burst, loss, corrupt, jitter, reorder, duplicate float64 // each 0 ≤ x < 1

	bit, overtake uint64
}

func newDice(seed uint64, way Way) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(way))) }

func throw(dice *rand.Rand) roll {
	return roll{
		turn:      dice.Float64(),
		burst:     dice.Float64(),
		loss:      dice.Float64(),
		corrupt:   dice.Float64(),
		jitter:    dice.Float64(),
		reorder:   dice.Float64(),
		duplicate: dice.Float64(),
		bit:       dice.Uint64(),
		overtake:  dice.Uint64(),
	}
}
