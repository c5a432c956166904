package script

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Who returns every error at once has not said which it is.
func TestAnErrorIsOne(t *testing.T) {
	const inUse, notAvailable = syscall.EADDRINUSE, syscall.EADDRNOTAVAIL
	assert.True(t, Is(nil, nil))
	assert.True(t, Is(inUse, inUse))
	assert.True(t, Is(fmt.Errorf("bind: %w", inUse), inUse))
	assert.True(t, Is(errors.Join(errors.New("bind"), inUse), inUse))
	assert.False(t, Is(inUse, nil))
	assert.False(t, Is(inUse, notAvailable))
	assert.False(t, Is(errors.Join(inUse, notAvailable), inUse))
	assert.False(t, Is(fmt.Errorf("%w, or %w", inUse, fmt.Errorf("%w", notAvailable)), notAvailable))
}
