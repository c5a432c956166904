package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// distanceReport is what was found out over distance.
type distanceReport struct {
	seeds     int
	transfers []transfer
	sharings  []sharing
	far       []farTransfer
}

// A transfer is what ours took over a route, in virtual time.
type transfer struct {
	route             *route
	mean, least, most time.Duration
}

// A sharing is how two flows of ours shared a line, in virtual time.
type sharing struct {
	queue          string
	packets        int
	rate           float64 // bit/s, both together, the mean
	fairness, last float64 // Jain's index: the mean, and the worst
}

// A farTransfer is what somebody took over a route, in real time: the mean.
type farTransfer struct {
	peer, route string
	mean        time.Duration
	seeds       int
}

// distance reports whether it is wanted.
func (o *options) distance() bool {
	return o.seeds > 0 && o.works.MatchString("distance") && o.peers.MatchString(ours1500)
}

// measureDistance takes every route with so many seeds. What is computed can't be
// disturbed by the machine, so an error there ends the run.
func (r *report) measureDistance(o options, progress func(string)) error {
	d := &distanceReport{seeds: o.seeds}
	for i := range routes {
		progress("distance: " + routes[i].name)
		t, err := takeOften(&routes[i], o.seeds, routes[i].take)
		if err != nil {
			return err
		}
		d.transfers = append(d.transfers, t)
	}
	for _, q := range queues {
		progress("distance: two flows, queue of " + q.name)
		s := sharing{queue: q.name, packets: q.packets, last: 1}
		for seed := range uint64(o.seeds) {
			rate, fairness, err := share(q.packets, seed+1)
			if err != nil {
				return fmt.Errorf("two flows, queue of %s, seed %d: %w", q.name, seed+1, err)
			}
			s.rate += rate / float64(o.seeds)
			s.fairness += fairness / float64(o.seeds)
			s.last = min(s.last, fairness)
		}
		d.sharings = append(d.sharings, s)
	}
	r.distance = d
	r.noteMissed(o.bars)
	r.measureFar(o, progress)
	return nil
}

// takeOften takes a route with so many seeds.
func takeOften(r *route, seeds int, take func(seed uint64) (time.Duration, error)) (transfer, error) {
	t := transfer{route: r}
	for seed := range uint64(seeds) {
		took, err := take(seed + 1)
		if err != nil {
			return t, fmt.Errorf("%s, seed %d: %w", r.name, seed+1, err)
		}
		if seed == 0 {
			t.least, t.most = took, took
		}
		t.mean += took
		t.least, t.most = min(t.least, took), max(t.most, took)
	}
	t.mean /= time.Duration(seeds)
	return t, nil
}

// measureFar takes routes in real time, with everybody.
func (r *report) measureFar(o options, progress func(string)) {
	for _, p := range farPeers() {
		if p.skip != "" {
			r.note("distance in real time, %s: skipped: %s", p.name, p.skip)
			continue
		}
		for _, f := range o.farRoutes() {
			progress("distance in real time: " + p.name + ": " + f.route)
			t, err := findRoute(f.route)
			if err == nil {
				var often transfer
				often, err = takeOften(t, f.seeds, func(seed uint64) (time.Duration, error) { return p.take(t, seed) })
				r.distance.far = append(r.distance.far, farTransfer{p.name, f.route, often.mean, f.seeds})
			}
			if err != nil {
				r.fail("distance in real time, "+p.name, err)
			}
		}
	}
}

// farRoutes returns what is to be taken in real time.
func (o *options) farRoutes() []farRoute {
	if o.far > 0 {
		var all []farRoute
		for i := range routes {
			all = append(all, farRoute{routes[i].name, o.far})
		}
		return all
	}
	if o.quick {
		return farRoutes[:1]
	}
	return farRoutes
}

func (r *route) figure() string { return "distance, " + r.name }

func sharingFigure(queue string) string { return "distance, two flows, queue of " + queue }

// distanceFigures are those that there are bars for, and distanceBars the bars.
func distanceFigures() (all []figure) {
	for i := range routes {
		all = append(all, figure{name: routes[i].figure(), unit: "s", less: true})
	}
	for _, q := range queues {
		all = append(all, figure{name: sharingFigure(q.name), unit: "of 1, Jain's index"})
	}
	return all
}

func distanceBars() (all []bar) {
	for i := range routes {
		if routes[i].bar > 0 {
			all = append(all, bar{routes[i].figure(), ours1500, "", routes[i].bar})
		}
	}
	for _, q := range queues {
		all = append(all, bar{sharingFigure(q.name), ours1500, "", fairEnough})
	}
	return all
}

// fairEnough is the bar of Jain's index.
const fairEnough = 0.95

// once returns the figures that there are bars for.
func (d *distanceReport) once() (all []onceFigure) {
	if d == nil {
		return nil
	}
	of := fmt.Sprintf("virtual time, mean of %d seeds", d.seeds)
	for _, t := range d.transfers {
		all = append(all, onceFigure{t.route.figure(), ours1500, t.mean.Seconds(), of})
	}
	for _, s := range d.sharings {
		all = append(all, onceFigure{sharingFigure(s.queue), ours1500, s.fairness, of})
	}
	return all
}

// noteMissed notes each bar that was missed, and has the run fail for it if it must.
// What is computed has no noise to excuse it.
func (r *report) noteMissed(must bool) {
	for _, b := range distanceBars() {
		f := figureOf(b.figure)
		got, of, ok := r.absolute(b)
		if !ok || b.reached(f, got) {
			continue
		}
		r.note("%s: %s (%s) misses the bar of %s", b.figure, f.text(got), of, f.text(b.want))
		if must {
			r.failed++
		}
	}
}

// What there is to say about distance.
const (
	saysDistance = "A client connects, the server sends so much and closes. Seconds from Connect until the last byte is read. The link delays each packet by 50 ms each way " +
		"where nothing else is said, has a rate and loses packets both ways, by chance. Ours is computed in virtual time, with what package sockets gives its hosts, so there is no noise and the processor does not count: " +
		"the mean of %d seeds, and the shortest and longest. *Limit* is two round trips, and full packets of 1500 bytes at the line's rate.\n\n"

	saysQuoted = "Kernel and gVisor can't be run in virtual time. Their columns were measured once, in real time over the same link, " + quotedOn + "; " +
		"where packets are lost, with some ten seeds, so those are rough.\n\n"

	saysSharing = "Two flows on a line of 10 Mbit/s, 50 ms each way, for %v; the second begins up to %v after the first. A queue of 1 BDP holds what is in flight when the line is just full. " +
		"At most 9.65 Mbit/s of text fit the line. The kernel's got 9.6 of them, measured once.\n\n"

	saysFar = "The same in real time, on the same link with the same weather, everybody as they come: ours in package sockets; the kernel with a TUN device in a network namespace at each end; " +
		"gVisor with Reno, SACK and RACK, its defaults. Seconds, the mean of so many seeds.\n\n"
)

func (d *distanceReport) write(w io.Writer) {
	if d == nil {
		return
	}
	fmt.Fprint(w, "\n## Over distance, seconds\n\n")
	fmt.Fprintf(w, saysDistance, d.seeds)
	fmt.Fprint(w, "| | limit | kernel | gVisor | ours | shortest – longest |\n|---|--:|--:|--:|--:|--:|\n")
	for _, t := range d.transfers {
		fmt.Fprintf(w, "| %s | %.2f | %s | %s | %s | %s – %s |\n", t.route.name, t.route.limit().Seconds(),
			quoted(t.route.kernel), quoted(t.route.gvisor), number(t.mean.Seconds()), number(t.least.Seconds()), number(t.most.Seconds()))
	}
	fmt.Fprint(w, "\n", saysQuoted)
	fmt.Fprintf(w, saysSharing, sharedFor, mostEarlier)
	fmt.Fprint(w, "| queue | packets | both together, Mbit/s | Jain's index, mean | worst |\n|---|--:|--:|--:|--:|\n")
	for _, s := range d.sharings {
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s |\n", s.queue, s.packets, number(s.rate/mbit), number(s.fairness), number(s.last))
	}
	d.writeFar(w)
}

// quoted writes what somebody else took; nothing when that is not known.
func quoted(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return number(seconds)
}

// writeFar writes a row for each route and a column for each peer.
func (d *distanceReport) writeFar(w io.Writer) {
	var peers, names []string
	for _, f := range d.far {
		if !slices.Contains(peers, f.peer) {
			peers = append(peers, f.peer)
		}
		if !slices.Contains(names, f.route) {
			names = append(names, f.route)
		}
	}
	if len(names) == 0 {
		return
	}
	fmt.Fprint(w, "\n", saysFar, "| |")
	for _, p := range peers {
		fmt.Fprintf(w, " %s |", p)
	}
	fmt.Fprint(w, " seeds |\n|---|")
	for range peers {
		fmt.Fprint(w, "--:|")
	}
	fmt.Fprint(w, "--:|\n")
	for _, name := range names {
		fmt.Fprintf(w, "| %s |", name)
		seeds := 0
		for _, p := range peers {
			i := slices.IndexFunc(d.far, func(f farTransfer) bool { return f.peer == p && f.route == name })
			if i < 0 {
				fmt.Fprint(w, " |")
				continue
			}
			seeds = d.far[i].seeds
			fmt.Fprintf(w, " %s |", number(d.far[i].mean.Seconds()))
		}
		fmt.Fprintf(w, " %d |\n", seeds)
	}
}
