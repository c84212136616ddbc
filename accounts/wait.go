package accounts

import "time"

const (
	freeTries      = 4   // wrong proofs that cost nothing
	maxFailures    = 100 // in a row, then only a reset helps (NIST SP 800-63B 5.2.2)
	firstWait      = 30 * time.Second
	longestWait    = time.Hour
	terminalMemory = 10 * time.Minute
)

// Wait is how long an account takes no proof after so many wrong ones in a
// row: nothing up to four, 30 s after five, then twice as long each time up to
// an hour. forever is true from the hundredth on.
func Wait(failures int) (wait time.Duration, forever bool) {
	if failures >= maxFailures {
		return 0, true
	}
	if failures <= freeTries {
		return 0, false
	}
	wait = firstWait
	for i := freeTries + 1; i < failures && wait < longestWait; i++ {
		wait *= 2
	}
	return min(wait, longestWait), false
}

// terminalWait slows a terminal down: a quarter second for each wrong proof in
// the last ten minutes beyond ten, at most three seconds.
func terminalWait(failures int) time.Duration {
	return min(time.Duration(max(failures-10, 0))*time.Second/4, 3*time.Second)
}
