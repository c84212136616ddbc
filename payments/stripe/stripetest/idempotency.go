package stripetest

import "net/http"

// answer is what the first request under a key was and got.
type answer struct {
	request string
	done    bool
	reply   reply
}

// once follows docs.stripe.com/api/idempotent_requests: the first answer is
// repeated, also a decline or a fault; another request under the key is an
// idempotency_error, one while the first is under way a conflict; what was
// refused before it was begun leaves the key unused.
func (f *Front) once(key, request string, do func() reply) (out reply, again bool) {
	f.mu.Lock()
	if a := f.answers[key]; a != nil {
		defer f.mu.Unlock()
		switch {
		case !a.done:
			return failure(http.StatusConflict, "idempotency_error", "idempotency_key_in_use", "another request is under way"), false
		case a.request != request:
			return failure(http.StatusBadRequest, "idempotency_error", "", "the key was used for another request"), false
		}
		return a.reply, true
	}
	a := &answer{request: request}
	f.answers[key] = a
	f.mu.Unlock()
	out = do()
	f.mu.Lock()
	defer f.mu.Unlock()
	if out.status == http.StatusBadRequest || out.status == http.StatusNotFound {
		delete(f.answers, key)
		return out, false
	}
	a.reply, a.done = out, true
	return out, false
}

// Forget is a day passing: no key is remembered any more.
func (f *Front) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.answers)
}
