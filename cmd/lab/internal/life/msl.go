package life

import (
	"errors"
	"time"
)

// ParseMSL reads a maximum segment lifetime, 2 minutes at most: that of RFC 9293.
func ParseMSL(text string) (time.Duration, error) {
	msl, err := time.ParseDuration(text)
	if err != nil || msl <= 0 || msl > 2*time.Minute {
		return 0, errors.New("want a time such as 500ms, 2m at most")
	}
	return msl, nil
}
