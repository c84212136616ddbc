package speech

// Idle reports whether nobody speaks: no utterance is under way.
func (l *Listener) Idle() bool { return l.begun == 0 }
