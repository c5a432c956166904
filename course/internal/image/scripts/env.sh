# Read by the other scripts, which are in the folder $here: finds Go, and has all that it
# writes lie in the folder $built. No network is used, and no home.
built="$here/built"
if ! mkdir -p "$built" 2>/dev/null || ! [ -w "$built" ]; then
	built="${TMPDIR:-/tmp}/tcpworkbook-built"
	mkdir -p "$built"
fi
for archive in "$here"/go/*.tar.gz; do
	if [ -e "$archive" ] && ! [ -x "$built/go/bin/go" ]; then
		tar -C "$built" -xzf "$archive"
	fi
done
PATH="$built/go/bin:$PATH:/usr/local/go/bin"
if ! command -v go >/dev/null; then
	echo "There is no Go here. Use a container that has it, or put it into the image with" >&2
	echo "grade image --go go@GOVERSION@.linux-amd64.tar.gz, an archive of https://go.dev/dl." >&2
	exit 1
fi
export PATH GOCACHE="$built/cache" GOPATH="$built/gopath" GOMODCACHE="$built/modules"
# Go takes a list of addresses: a comma ends one, and # and % are not what they are in a name.
proxy=$(printf %s "$here/modules" | sed 's/%/%25/g; s/,/%2C/g; s/|/%7C/g; s/#/%23/g; s/?/%3F/g; s/ /%20/g')
export GOPROXY="file://$proxy" GOSUMDB=off GOFLAGS=-modcacherw GOWORK=off GOENV=off
export GOTOOLCHAIN=local CGO_ENABLED=0
# A platform may allow few processes, and Go starts as many compilers as there are processors.
export GOMAXPROCS="${GOMAXPROCS:-4}"
