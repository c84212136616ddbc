package faultproxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// request is one as it came in.
type request struct {
	method, uri string
	header      http.Header
	body        []byte
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

// forward outlives its sender, as a request on its way does.
func (p *Proxy) forward(in request) (reply, error) {
	out, err := http.NewRequest(in.method, p.upstream+in.uri, bytes.NewReader(in.body))
	if err != nil {
		return reply{}, err
	}
	out.Header = in.header.Clone()
	out.Header.Del("Accept-Encoding") // else the reply's text would not be read as it is
	resp, err := p.client.Do(out)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, text}, err
}

func (p *Proxy) hold(in request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, in)
}

// Flush delivers the requests that are late, newest first, and returns how many
// there were.
func (p *Proxy) Flush() (int, error) {
	p.mu.Lock()
	late := p.held
	p.held = nil
	p.mu.Unlock()
	for i := len(late) - 1; i >= 0; i-- {
		if _, err := p.forward(late[i]); err != nil {
			return len(late), fmt.Errorf("deliver a late request: %w", err)
		}
	}
	return len(late), nil
}
