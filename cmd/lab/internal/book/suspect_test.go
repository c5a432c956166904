package book

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/kit/workbook"
)

// Only a later step of the same chapter is blamed.
func TestSuspect(t *testing.T) {
	broken := check.Step{Chapter: workbook.Chapter{Number: 3}, Step: workbook.Step{Number: 6}}
	for at, want := range map[string]string{"3.7": "3.7", "3.10": "3.10", "3.6": "", "3.2": "", "1.1": "", "4.9": "", "": ""} {
		assert.Equal(t, want, suspect(at, broken), at)
	}
}
