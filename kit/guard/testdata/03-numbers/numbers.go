// Package numbers is a chapter that is right where numbers do not wrap.
package numbers

import "tcpworkbook/kit/tcp"

// Before says which number is the earlier one, wrongly.
func Before(a, b tcp.Seq) bool { return a < b }
