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

// TryLease is how long a proof may be checked. A process that dies meanwhile
// keeps its try for so long, and then gives it back uncounted.
const TryLease = 10 * time.Second

// AtOnce is how many proofs of an account may be checked at once after so many
// failures: as many as cost nothing, and the last one, so that all of them
// together fail no oftener than one after another.
func AtOnce(failures int) int { return max(1, freeTries+1-failures) }

// terminalWait slows a terminal down: a quarter second for each wrong proof in
// the last ten minutes beyond ten, at most three seconds.
func terminalWait(failures int) time.Duration {
	return min(time.Duration(max(failures-10, 0))*time.Second/4, 3*time.Second)
}
