package stack

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Sockets come out of the queue in the order of their deadlines, whatever was
// noted, moved and dropped before. Run again with the same seed by setting it here.
func TestDeadlinesAgainstAModel(t *testing.T) {
	const seed = 1
	random := rand.New(rand.NewPCG(seed, 0))
	queue := newDeadlines()
	sockets := make([]*tcp.TCB, 100)
	for i := range sockets {
		sockets[i] = &tcp.TCB{}
	}
	for round := range 3_000 {
		b := sockets[random.IntN(len(sockets))]
		switch random.IntN(3) {
		case 0:
			queue.drop(b)
			require.Zero(t, b.Keeping.Index)
		default:
			b.Timers.Retransmit = start.Add(time.Duration(random.IntN(1000)) * time.Millisecond)
			queue.note(b)
			require.False(t, b.Keeping.Due.After(b.Timers.Retransmit), "a socket may be looked at early, never late")
		}
		check(t, queue, sockets, round)
	}
}

// check compares the queue with all the sockets that say they are in it.
func check(t *testing.T, queue deadlines, sockets []*tcp.TCB, round int) {
	t.Helper()
	waiting := slices.DeleteFunc(slices.Clone(sockets), func(b *tcp.TCB) bool { return b.Keeping.Index == 0 })
	require.Len(t, queue.items, len(waiting), "round %d", round)
	for i, timed := range queue.items {
		require.EqualValues(t, i+1, timed.item.Keeping.Index, "round %d", round)
		require.Equal(t, timed.item.Keeping.Due, queue.due(i), "round %d", round)
	}
	_, first, ok := queue.first()
	require.Equal(t, len(waiting) > 0, ok)
	for _, b := range waiting {
		require.False(t, b.Keeping.Due.Before(first), "round %d: somebody is due before the first", round)
	}
}

func TestStoppedTimersAreNotNoted(t *testing.T) {
	queue := newDeadlines()
	queue.note(&tcp.TCB{})
	_, _, ok := queue.first()
	require.False(t, ok)
	queue.drop(&tcp.TCB{})
}

// A timer that moves later, as most do with every segment, costs nothing.
func BenchmarkNoteLater(b *testing.B) {
	queue := newDeadlines()
	sockets := make([]*tcp.TCB, 100_000)
	for i := range sockets {
		sockets[i] = &tcp.TCB{}
		sockets[i].Timers.Retransmit = start.Add(time.Duration(i))
		queue.note(sockets[i])
	}
	for i := 0; b.Loop(); i++ {
		socket := sockets[i%len(sockets)]
		socket.Timers.Retransmit = socket.Timers.Retransmit.Add(time.Second)
		queue.note(socket)
	}
}
