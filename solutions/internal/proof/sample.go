package proof

import "tcpworkbook/kit/workbook"

// Mistake is an entry of a chapter's catalogue.
type Mistake = workbook.Mistake

// Sample returns n of the mistakes, evenly spread and always the same ones.
func Sample(mistakes []Mistake, n int) []Mistake {
	if len(mistakes) <= n {
		return mistakes
	}
	var chosen []Mistake
	for i := range n {
		chosen = append(chosen, mistakes[i*(len(mistakes)-1)/(n-1)])
	}
	return chosen
}
