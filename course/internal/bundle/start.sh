#!/bin/sh
# Gets this folder ready, without a network: the modules from the folder modules, once; and
# the first build, which takes longest. Then it shows where to begin.
cd "$(dirname "$0")" || exit 1
if ! command -v go >/dev/null 2>&1; then
	if [ -x "$HOME/go-workshop/go/bin/go" ]; then
		PATH="$HOME/go-workshop/go/bin:$PATH"
	else
		archive=$(ls go/*"$(uname -s | tr 'A-Z' 'a-z')"-"$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')"*.tar.gz 2>/dev/null | head -1)
		if [ -z "$archive" ]; then
			echo "There is no Go on this machine. Install it from the folder go, or from https://go.dev/dl,"
			echo "and call ./start.sh again."
			exit 1
		fi
		echo "Unpacking Go into $HOME/go-workshop ..."
		mkdir -p "$HOME/go-workshop" && tar -C "$HOME/go-workshop" -xzf "$archive" || exit 1
		PATH="$HOME/go-workshop/go/bin:$PATH"
	fi
	echo "In each new terminal, first:  export PATH=\"\$HOME/go-workshop/go/bin:\$PATH\""
fi
# Go takes a list of addresses: a comma ends one, and # and % are not what they are in a name.
proxy=$(printf %s "$PWD/modules" | sed 's/%/%25/g; s/,/%2C/g; s/|/%7C/g; s/#/%23/g; s/?/%3F/g; s/ /%20/g')
export GOPROXY="file://$proxy" GOSUMDB=off GOTOOLCHAIN=local GOFLAGS=
echo "Taking the modules from this folder, and building for the first time ..."
go mod download || exit 1
go build -o /dev/null ./cmd/lab || exit 1
go test -vet=off -count=1 -run '^$' ./chapters/... >/dev/null 2>&1
go run ./cmd/lab doctor || exit 1
echo
go run ./cmd/lab
echo
echo "From now on: go run ./cmd/lab"
