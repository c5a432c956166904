package story

import "fmt"

// Korean is the other language that stories are told in; everything but it is English.
const Korean = "ko"

// text is a sentence in each language.
type text struct{ en, ko string }

// say makes a sentence. Both have the same arguments; each may leave out some, if it
// numbers those it has.
func say(en, ko string, a ...any) text {
	if len(a) == 0 {
		return text{en, ko}
	}
	return text{fmt.Sprintf(en, a...), fmt.Sprintf(ko, a...)}
}

func (t text) in(language string) string {
	if language == Korean {
		return t.ko
	}
	return t.en
}
