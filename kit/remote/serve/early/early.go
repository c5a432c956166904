// Package early takes the pipe of package serve before a chapter's init functions run, if the
// chapter's path comes later in the alphabet than this package's.
package early

import "tcpworkbook/kit/remote/serve"

func init() { serve.Take() }
