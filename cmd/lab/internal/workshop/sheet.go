package workshop

// field is a field of the header, so many of its row's 32 bits wide (RFC 9293 §3.1).
type field struct {
	Bits int
	Name string
}

// header is the header's five rows of 32 bits, one after the other.
var header = []field{
	{16, "source port"}, {16, "destination port"},
	{32, "sequence number: SEQ"},
	{32, "acknowledgment number: ACK"},
	{4, "offset"}, {4, "–"},
	{1, "CWR"}, {1, "ECE"}, {1, "URG"}, {1, "ACK"}, {1, "PSH"}, {1, "RST"}, {1, "SYN"}, {1, "FIN"},
	{16, "window"},
	{16, "checksum"}, {16, "urgent pointer"},
}

// rung is one segment of the ladder to fill in: who sends it, and what is given.
type rung struct {
	ToServer bool
	Given    string
}

// conversation is opened by the client, and closed by the server first.
var conversation = []rung{
	{true, "SYN"}, {false, ""}, {true, ""},
	{true, "5 bytes"}, {false, "10 bytes"}, {true, ""},
	{false, "FIN, ACK"}, {true, ""}, {true, ""}, {false, ""},
}
