// Package story plays two hosts from a text: what their applications do, what becomes of
// single segments in the air, and how much time passes. The same text plays the same
// story each time, segment for segment, so a story is also a link, a saved game, a
// failure that can be shown, and the way back: to undo the last action is to play the
// others again.
//
//	1                      the version of the language
//	plain                  no timestamps, no window scaling: numbers that can be read
//	isn.A.100              A's connections begin with number 100
//	isn.B.300
//	without.A.5            A runs without chapter 5
//	listen.B.80
//	connect.A.50000.80
//	step.3                 the next three things happen
//	close.B
//	dup.5.1500             a copy of the fifth packet, which arrives 1.5 s later than it
//
// In a link the actions stand in one line, separated by semicolons. Before them may stand
// the name of a scenario, and =: the story is one of that scenario's. After them may
// follow @ and the row that is looked at, and ~ and the digest of what came out where
// the link was made; see Play.Digest.
//
// # Actions
//
// An action is a verb, the host where it has one, A or B, numbers, and pairs of a name
// and a value, all separated by dots. Times are milliseconds. What may be left out
// stands in brackets.
//
// The applications call:
//
//	listen.HOST.PORT[.BACKLOG]
//	connect.HOST.PORT.TO           from a port, 0 for any, to a port of the other host
//	accept.HOST[.LISTENER]
//	write.HOST.BYTES[.SOCKET]
//	read.HOST[.BYTES[.SOCKET]]     0 bytes stand for all that there is
//	halfclose.HOST[.SOCKET]        has no more to say, and goes on reading
//	close.HOST[.SOCKET]
//	abort.HOST[.SOCKET]
//
// Sockets are numbered at each host by themselves, from 1, as they come to be: a
// listener's connections too. Where none is named it is the latest connection, at best
// one that its application has not closed yet. A call on a connection that waits to be
// accepted accepts it first.
//
// Time passes:
//
//	step[.TIMES]                   the next thing happens: an arrival, or a time-out
//	wait.TIME                      all happens that is due in that time
//	skip                           until a timer goes off
//
// The air is touched; packets are numbered as they are sent, whoever sends them, copies
// too:
//
//	lose.PACKET
//	dup.PACKET[.TIME]              a copy, which arrives that much later
//	slow.PACKET.TIME
//	now.PACKET                     arrives, before everything else
//	hold.PACKET                    stays in the air, until now or slow
//	edit.PACKET.NAME.VALUE…        names: seq ack flags win len
//	inject.HOST.NAME.VALUE…        a forged segment for HOST; also: from to, the ports,
//	                               and strangers: so many of them, each from an address of its own
//
// Flags are written rst+ack, or none.
//
// And things are set up; where the host is left out it is both:
//
//	plain[.HOST]
//	isn[.HOST][.NUMBER]            without a number they are chapter 2's again
//	buffer[.HOST].RECEIVE[.SEND]
//	mtu.BYTES
//	msl[.HOST].TIME
//	nagle[.HOST].0|1
//	timestamps[.HOST].0|1
//	rfc1337[.HOST].0|1             whether TIME-WAIT survives a RST; 1 is usual
//	mine|ref|without|with[.HOST][.CHAPTER…]
//	reboot.HOST
//	unplug, plug                   the cable
//	weather[.HOST].NAME.VALUE…     of what HOST sends: delay jitter, in ms, loss dup damage
//	                               reorder, in percent, and seed
//
// Chapters count from the host's next reboot, or at once where it has no socket yet.
// with puts back what without, mine or ref has changed. Settings count for sockets made
// after them.
//
// # Bounds
//
// A text has at most 64 KiB and 2000 actions. A story ends, with an error, at 20 000
// events, 5000 packets, 300 sockets of a host or 30 days. So whatever a text says and
// whatever a learner's chapters do, memory and time are bounded; but a chapter that does
// not return is its caller's to stop.
package story
