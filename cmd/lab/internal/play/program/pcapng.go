//go:build js && wasm

package main

import (
	"encoding/binary"

	"tcpworkbook/kit/story"
)

// pcapng returns packets as Wireshark reads them (draft-ietf-opsawg-pcapng). The package
// kit/link/capture writes the same with gopacket, which would be half of what a browser
// has to load.
func pcapng(packets []story.Packet) []byte {
	const (
		section, description, packet = 0x0A0D0D0A, 1, 6 // types of blocks
		raw                          = 101              // LINKTYPE_RAW: from the IP header on
	)
	little := binary.LittleEndian
	file := block(nil, section, 0x1A2B3C4D, 1, 0xFFFFFFFF, 0xFFFFFFFF)
	for _, name := range []byte("AB") { // the interfaces. Option 2 is the name; 9 says that times are in 10^-9 s
		body := little.AppendUint32(nil, raw)
		body = little.AppendUint32(body, 0)
		body = append(body, 2, 0, 1, 0, name, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0)
		file = appendBlock(file, description, body)
	}
	for _, p := range packets {
		from := uint32(0)
		if p.From == "B" {
			from = 1
		}
		at, size := uint64(p.Sent.UnixNano()), uint32(len(p.Data))
		var body []byte
		for _, n := range []uint32{from, uint32(at >> 32), uint32(at), size, size} {
			body = little.AppendUint32(body, n)
		}
		body = append(body, p.Data...)
		file = appendBlock(file, packet, append(body, make([]byte, -len(body)&3)...))
	}
	return file
}

// block appends a block whose body are these numbers of 32 bits.
func block(file []byte, kind uint32, words ...uint32) []byte {
	var body []byte
	for _, n := range words {
		body = binary.LittleEndian.AppendUint32(body, n)
	}
	return appendBlock(file, kind, body)
}

// appendBlock appends a block: its type, its length, its body, its length.
func appendBlock(file []byte, kind uint32, body []byte) []byte {
	little, size := binary.LittleEndian, uint32(len(body)+12)
	file = little.AppendUint32(file, kind)
	file = little.AppendUint32(file, size)
	file = append(file, body...)
	return little.AppendUint32(file, size)
}
