package story

import "testing"

// What can be read is written so that it is read as the same again.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "1", "1;plain;isn.A.100;isn.B.300;without.A.5;listen.B.80;connect.A.50000.80;step.3@14~AbC-_",
		"edit.6.flags.rst+ack.seq.301.ack.0.win.0.len.5", "inject.B.flags.none.strangers.9", "weather.A.loss.20.seed.7\nunplug\nplug",
		"#1%3Bstep%40" + "3", "step.007;wait.1;skip;@3;~;@4", "2;step", "listen.B", "....", "step..3", "mine;ref.A.1.2.3.4.5;reboot.B",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil && err.Error() == "" {
			t.Fatal("an error that says nothing")
		}
		if len(s.Actions) > mostActions {
			t.Fatalf("%d actions", len(s.Actions))
		}
		for _, written := range []string{s.String(), s.Lines(), "#" + s.String()} {
			again, err := Parse(written)
			if err != nil {
				t.Fatalf("%q is read, but not as it is written, %q: %v", text, written, err)
			}
			if again.String() != s.String() {
				t.Fatalf("%q: %q is read as %q", text, s.String(), again.String())
			}
		}
	})
}
