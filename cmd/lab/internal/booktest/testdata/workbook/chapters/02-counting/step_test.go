package counting

import "testing"

func TestStep1_One(t *testing.T) {
	if got := (Chapter{}).Next(0); got != 1 {
		t.Fatalf("step 2.1: one comes after none\nwant 1, got %d\nlikely: add one.", got)
	}
}

func TestStep2_Wrap(t *testing.T) {
	for n := range 4 {
		if got := (Chapter{}).Next(n); got != (n+1)%4 {
			t.Fatalf("step 2.2: numbers wrap around\nwant %d, got %d", (n+1)%4, got)
		}
	}
}
