package story

// A verb is what an action of that name looks like, and what it does.
type verb struct {
	host    hostRule
	numbers []bound // what the numbers are, in order
	least   int     // how many of them there must be
	fields  []field // which fields it may have
	do      func(*performance, Action) error
}

type hostRule uint8

const (
	noHost hostRule = iota
	needsHost
	mayHaveHost // both, where it is left out
)

// A bound is the range of a number, and its name in an error.
type bound struct {
	name     string
	min, max int64
}

// A field is a bound with the field's own name.
type field = bound

const (
	mostText    = 64 << 10
	mostActions = 2000

	mostEvents  = 20_000
	mostPackets = 5000
	mostSockets = 300

	mostBuffer  = 256 << 10
	mostBytes   = 1 << 20  // of one call
	mostTraffic = 16 << 20 // bytes of all packets together, and of all writes
	day         = 24 * 60 * 60 * 1000
	mostDays    = 30
)

var (
	port      = bound{"port", 1, 65535}
	anyPort   = bound{"port", 0, 65535}
	socketID  = bound{"socket", 1, mostSockets}
	bytes     = bound{"bytes", 1, mostBytes}
	anyBytes  = bound{"bytes", 0, mostBytes}
	packet    = bound{"packet", 1, 2 * mostPackets}
	duration  = bound{"milliseconds", 0, day}
	sequence  = bound{"number", 0, 1<<32 - 1}
	onOff     = bound{"0 or 1", 0, 1}
	chapter   = bound{"chapter", 1, 5}
	ofPercent = func(name string) bound { return bound{name, 0, 100} }
)

var segmentFields = []field{
	{"seq", 0, 1<<32 - 1}, {"ack", 0, 1<<32 - 1}, {"flags", 0, 255}, {"win", 0, 65535}, {"len", 0, 1400},
}

var chapters = []bound{chapter, chapter, chapter, chapter, chapter}

// verbs are all there are. It is filled by init, because what they do leads back here.
var verbs map[string]verb

func init() {
	verbs = map[string]verb{
		"listen":    {host: needsHost, numbers: []bound{port, {"backlog", 1, 128}}, least: 1, do: listen},
		"connect":   {host: needsHost, numbers: []bound{anyPort, port}, least: 2, do: connect},
		"accept":    {host: needsHost, numbers: []bound{socketID}, do: accept},
		"write":     {host: needsHost, numbers: []bound{bytes, socketID}, least: 1, do: write},
		"read":      {host: needsHost, numbers: []bound{anyBytes, socketID}, do: read},
		"halfclose": {host: needsHost, numbers: []bound{socketID}, do: halfClose},
		"close":     {host: needsHost, numbers: []bound{socketID}, do: closeSocket},
		"abort":     {host: needsHost, numbers: []bound{socketID}, do: abort},

		"step": {numbers: []bound{{"times", 1, 1000}}, do: step},
		"wait": {numbers: []bound{duration}, least: 1, do: wait},
		"skip": {do: skip},

		"lose":   {numbers: []bound{packet}, least: 1, do: lose},
		"dup":    {numbers: []bound{packet, duration}, least: 1, do: duplicate},
		"slow":   {numbers: []bound{packet, duration}, least: 2, do: slow},
		"now":    {numbers: []bound{packet}, least: 1, do: deliver},
		"hold":   {numbers: []bound{packet}, least: 1, do: hold},
		"edit":   {numbers: []bound{packet}, least: 1, fields: segmentFields, do: edit},
		"inject": {host: needsHost, fields: append([]field{{"from", 1, 65535}, {"to", 1, 65535}, {"strangers", 1, 200}}, segmentFields...), do: inject},

		"plain":      {host: mayHaveHost, do: plain},
		"isn":        {host: mayHaveHost, numbers: []bound{sequence}, do: isn},
		"buffer":     {host: mayHaveHost, numbers: []bound{{"bytes", 1, mostBuffer}, {"bytes", 1, mostBuffer}}, least: 1, do: buffer},
		"mtu":        {numbers: []bound{{"bytes", 68, 65535}}, least: 1, do: mtu},
		"msl":        {host: mayHaveHost, numbers: []bound{{"milliseconds", 1, day}}, least: 1, do: msl},
		"nagle":      {host: mayHaveHost, numbers: []bound{onOff}, least: 1, do: nagle},
		"timestamps": {host: mayHaveHost, numbers: []bound{onOff}, least: 1, do: timestamps},
		"rfc1337":    {host: mayHaveHost, numbers: []bound{onOff}, least: 1, do: rfc1337},
		"mine":       {host: mayHaveHost, numbers: chapters, do: chooseMine},
		"ref":        {host: mayHaveHost, numbers: chapters, do: chooseReference},
		"without":    {host: mayHaveHost, numbers: chapters, do: chooseNone},
		"with":       {host: mayHaveHost, numbers: chapters, do: chooseAgain},
		"reboot":     {host: needsHost, do: reboot},
		"unplug":     {do: unplug},
		"plug":       {do: plug},
		"weather": {host: mayHaveHost, fields: []field{
			{"delay", 0, day}, {"jitter", 0, day}, ofPercent("loss"), ofPercent("dup"), ofPercent("damage"), ofPercent("reorder"),
			{"seed", 0, 1<<32 - 1},
		}, do: weather},
	}
}
