package workbook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The lines of a Mermaid diagram in which there is something for people to read:
// the rest of such a line, and every other line, is the same in each edition.
var (
	sequenceLabel = regexp.MustCompile(`^\s*(?:participant \S+ as |[Nn]ote (?:over|left of|right of) [\w, ]+: |` +
		`\w+ ?(?:--?>>|--?x|--?>|--?\)) ?\w+: |(?:loop|alt|else|opt|par|and|critical|break) )(.+)$`)
	stateLabel = regexp.MustCompile(`^\s*(?:\S+ --> \S+ ?: ?|state "|[Nn]ote (?:left|right) of \w+ ?: ?|\w+ ?: )([^"]+)(?:" as \w+(?: \{)?)?$`)
	flowLabel  = regexp.MustCompile(`\(\[([^\]]*)\]\)|\[([^\]]*)\]|\{([^}]*)\}|\|([^|]*)\||-- (.*?) --[->]`)
	titleLabel = regexp.MustCompile(`^\s*title:? (.+)$`)
)

// readable returns the parts of a diagram's line that are for people, and the line
// without them. The diagram is of a type: "sequenceDiagram".
func readable(diagram, line string) (skeleton string, labels []string) {
	pattern := titleLabel
	if !pattern.MatchString(line) {
		switch word, _, _ := strings.Cut(diagram, " "); word {
		case "sequenceDiagram":
			pattern = sequenceLabel
		case "stateDiagram-v2":
			pattern = stateLabel
		case "flowchart", "graph":
			pattern = flowLabel
		}
	}
	rest := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(line, -1) {
		for group := 2; group < len(m); group += 2 {
			if m[group] >= 0 {
				skeleton += line[rest:m[group]] + "…"
				labels = append(labels, strings.Trim(line[m[group]:m[group+1]], `"`))
				rest = m[group+1]
			}
		}
	}
	return skeleton + line[rest:], labels
}

// The parts of a label that are no words: names in capital letters, numbers, and
// where a line ends. The Korean names "three-way" and "four-tuple" have a digit in
// them.
var (
	inCapitals = regexp.MustCompile(`[A-Z]{2,}(?:-[A-Z0-9]+)*`)
	number     = regexp.MustCompile(`[0-9]+|<br/>`)
	nameDigit  = strings.NewReplacer("3-way", "", "4-튜플", "")
)

// numbers returns the numbers in a label, and the ends of its lines, sorted.
func numbers(label string) []string {
	return slices.Sorted(slices.Values(number.FindAllString(nameDigit.Replace(label), -1)))
}

// differentDiagram says where a diagram in Korean is another than the English one,
// which line it is, counted from 0, and what is wrong; "" when nothing is.
func differentDiagram(english, korean string) (line int, wrong string) {
	en, ko := strings.Split(english, "\n"), strings.Split(korean, "\n")
	for i := range min(len(en), len(ko)) {
		wrong := differentLine(strings.TrimSpace(en[0]), en[i], ko[i])
		if wrong != "" && len(en) != len(ko) {
			wrong += fmt.Sprintf("\n(the diagram has %d lines; want %d)", len(ko)-1, len(en)-1)
		}
		if wrong != "" {
			return i, wrong
		}
	}
	return 0, "" // the last line is empty in both: with another number of lines, one differed
}

func differentLine(diagram, en, ko string) string {
	skeleton, labels := readable(diagram, en)
	koSkeleton, koLabels := readable(diagram, ko)
	if skeleton != koSkeleton || len(labels) != len(koLabels) {
		return "differs in more than what is for people to read:\n\t" + en + "\n\t" + ko
	}
	for i, label := range labels {
		switch translated := koLabels[i]; {
		case label == translated && len(englishWords(label)) >= mostEnglish:
			return "is not translated: " + label
		case label != translated && !hasHangul(translated):
			return "differs, and not in Korean: " + label + " | " + translated
		case !slices.Equal(numbers(label), numbers(translated)):
			return "has other numbers, or ends elsewhere: " + label + " | " + translated
		}
		for _, name := range inCapitals.FindAllString(label, -1) {
			if !strings.Contains(koLabels[i], name) {
				return "is without " + name + ": " + koLabels[i]
			}
		}
	}
	return ""
}
