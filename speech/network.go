package speech

// Network is a word graph: exactly the sentences that a recogniser may hear,
// each with its cost. It is a deterministic acceptor; state 0 is the start.
type Network struct {
	Words  []string // by label; label 0 is unused
	States []NetworkState
}

// NetworkState has at most one arc a label, in ascending order of labels.
type NetworkState struct {
	Arcs  []NetworkArc
	Final float64 // cost of ending here, a negative log-probability; < 0: cannot end
}

// NetworkArc is a word and where it leads.
type NetworkArc struct {
	Label int32
	To    int32
	Cost  float64 // negative log-probability
}

// Accepts walks the words from the start. It returns the cost of the whole
// path, and false where the words are no sentence of the network.
func (n *Network) Accepts(words []string) (cost float64, ok bool) {
	at := int32(0)
	for _, w := range words {
		next := int32(-1)
		for _, a := range n.States[at].Arcs {
			if n.Words[a.Label] == w {
				next, cost = a.To, cost+a.Cost
				break
			}
		}
		if next < 0 {
			return 0, false
		}
		at = next
	}
	final := n.States[at].Final
	return cost + final, final >= 0
}

// Arcs counts them all.
func (n *Network) Arcs() int {
	total := 0
	for _, s := range n.States {
		total += len(s.Arcs)
	}
	return total
}
