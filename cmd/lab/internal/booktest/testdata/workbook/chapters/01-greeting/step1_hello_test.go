package greeting

import "testing"

func TestStep1_Word(t *testing.T) {
	if got := (Chapter{}).Hello(""); got != "hello" {
		t.Fatalf(`step 1.1: it is polite to greet, and who does not is taken for somebody who has never learned how to
want "hello", got %q
so far:   you                                      peer
  0.000s  SILENT       Hello("")
✗ 0.000s  SILENT       nothing was said
likely: nobody greets by keeping silent.
read:   chapters/01-greeting/README.md, step 1 · RFC 1 §1`, got)
	}
}

func TestStep1_Again(t *testing.T) { TestStep1_Word(t) }

func TestStep2_Name(t *testing.T) {
	for _, name := range []string{"you", "me"} {
		t.Run(name, func(t *testing.T) {
			if got := (Chapter{}).Hello(name); got != "hello, "+name {
				t.Fatalf("step 1.2: people like to hear their names\nwant %q, got %q", "hello, "+name, got)
			}
		})
	}
}

func TestStep3_Bye(t *testing.T) {
	if got := (Chapter{}).Bye(); got != "bye" {
		t.Fatalf("step 1.3: who came goes\nwant %q, got %q", "bye", got)
	}
}
