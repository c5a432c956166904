package story

import "time"

// Packet is a packet as it was sent: its bytes from the IP header on, and when.
type Packet struct {
	Row  int // of its sending
	From string
	Sent time.Time
	Data []byte // the story's own: not to be changed
}

// Packets returns all packets that the hosts have sent, in that order.
func (p *Play) Packets() []Packet {
	var all []Packet
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Kind == Sent {
			first := p.stage.packets[r.Wire].forms[0]
			all = append(all, Packet{i, r.Host, first.sent, first.data})
		}
	}
	return all
}
