package speech

import "context"

// dictateBytes is how much a dictation decodes before it looks at its context:
// half a second.
const dictateBytes = SampleRate

// Dictate hears PCM (s16le mono at SampleRate) as open dictation, in one of the
// decoders' turns, and returns its best text, "" for silence. It takes a third
// of the recording's length.
func Dictate(ctx context.Context, e Engine, d *Decoders, pcm []byte) (text string, err error) {
	waited := d.Do(ctx, func() { text, err = dictate(ctx, e, pcm) })
	if waited != nil {
		return "", waited
	}
	return text, err
}

func dictate(ctx context.Context, e Engine, pcm []byte) (text string, err error) {
	r, err := e.Open(nil)
	if err != nil {
		return "", err
	}
	defer r.Close()
	take := func(h Hypothesis) {
		if best := h.Text(); h.Final && best != "" {
			if text != "" {
				text += " "
			}
			text += best
		}
	}
	for len(pcm) > 0 {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n := min(len(pcm), dictateBytes)
		h, err := r.Accept(pcm[:n])
		if err != nil {
			return "", err
		}
		take(h)
		pcm = pcm[n:]
	}
	h, err := r.Flush()
	take(h)
	return text, err
}
