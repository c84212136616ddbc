package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// hardLimit, in bytes, ends a socket; up to it a message that is too long is
// answered with an error.
const hardLimit = 1 << 20

// farewell is how long a socket that was closed here may take to notice, and
// drain, how long one that still sends a message over hardLimit: what is unread
// when the connection is closed would cost the client the reason.
const (
	farewell = time.Second
	drain    = 20 * time.Second
)

// errFarTooLong is a message over hardLimit.
var errFarTooLong = fmt.Errorf("%w, and by far", errTooLong)

// errDone closes a socket that has had all it asked for.
var errDone = errors.New("done")

// socket is one WebSocket. Its handler's goroutine reads, its own goroutine
// writes and pings, and anyone may send or end it.
type socket struct {
	conn    *websocket.Conn
	address string // of the client, without port
	counted bool   // not loopback
	limits  Limits
	ctx     context.Context // done when the socket is over; the cause says why
	cancel  context.CancelCauseFunc
	tell    atomic.Bool // say why it ends in a message, too
	out     chan []byte
	read    chan struct{} // closed when the reader is done
	written chan struct{} // closed when the writer is done
}

// upgrader accepts pages of this till itself, and programs, which send no
// Origin. Compression stays off: a read limit counts compressed bytes.
var upgrader = websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096}

// upgrade makes a socket of the request. The caller reads, and calls finish.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) (*socket, error) {
	address, loopback := clientAddress(r)
	k := &socket{address: address, counted: !loopback, limits: s.Limits, out: make(chan []byte, 64),
		read: make(chan struct{}), written: make(chan struct{})}
	k.ctx, k.cancel = context.WithCancelCause(context.WithoutCancel(r.Context()))
	if err := s.sockets.reserve(k); err != nil {
		return nil, err
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.sockets.leave(k)
		return nil, errUpgraded
	}
	k.conn = conn
	conn.SetPongHandler(func(string) error { k.extend(); return nil })
	k.extend()
	s.sockets.admit(k)
	go k.write()
	return k, nil
}

// errUpgraded says that the upgrader has answered the request itself.
var errUpgraded = errors.New("the request was answered by the upgrader")

func clientAddress(r *http.Request) (address string, loopback bool) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip := net.ParseIP(host)
	return host, ip != nil && ip.IsLoopback()
}

// extend gives the client more time to be silent. After the end it may not.
func (k *socket) extend() {
	if k.ctx.Err() == nil {
		k.conn.SetReadDeadline(time.Now().Add(k.limits.Idle))
	}
}

// each reads messages until the socket is over. What comes after its end is
// thrown away, so that the client can read why it ended.
func (k *socket) each(f func(binary bool, data []byte)) {
	defer close(k.read)
	var room bytes.Buffer // of one message after the other
	for {
		kind, data, err := k.message(&room)
		if err != nil {
			k.cancel(err)
			return
		}
		k.extend()
		if k.ctx.Err() == nil {
			f(kind == websocket.BinaryMessage, data)
		}
	}
}

// message reads one. The room is the caller's, the data nobody else's. A message
// over hardLimit ends the socket with errFarTooLong, is thrown away, and has no
// data. (The websocket's own limit would close without a reason, and in the middle
// of the message.)
func (k *socket) message(room *bytes.Buffer) (kind int, data []byte, err error) {
	kind, r, err := k.conn.NextReader()
	if err != nil {
		return kind, nil, err
	}
	room.Reset()
	if _, err = room.ReadFrom(io.LimitReader(r, hardLimit+1)); err == nil && room.Len() > hardLimit {
		k.cancel(errFarTooLong)
		_, err = io.Copy(io.Discard, r)
		return kind, nil, err
	}
	return kind, bytes.Clone(room.Bytes()), err
}

// send queues a message. It waits while the client reads slowly, and gives up
// when the socket is over.
func (k *socket) send(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		k.end(err)
		return
	}
	select {
	case k.out <- data:
	case <-k.ctx.Done():
	}
}

// end closes the socket with err's close code once what was sent has gone out.
// It may be called often; the first reason counts.
func (k *socket) end(err error) { k.cancel(err) }

// finish waits for the writer. The reader has ended.
func (k *socket) finish(s *Server) {
	k.cancel(errDone)
	<-k.written
	s.sockets.leave(k)
}

func (k *socket) write() {
	defer close(k.written)
	defer k.conn.Close()
	ping := time.NewTicker(k.limits.Idle / 3)
	defer ping.Stop()
	for {
		select {
		case data := <-k.out:
			if err := k.put(websocket.TextMessage, data); err != nil {
				k.cancel(err)
				return
			}
		case <-ping.C:
			if err := k.put(websocket.PingMessage, nil); err != nil {
				k.cancel(err)
				return
			}
		case <-k.ctx.Done():
			k.farewell()
			return
		}
	}
}

func (k *socket) put(kind int, data []byte) error {
	if err := k.conn.SetWriteDeadline(time.Now().Add(k.limits.Write)); err != nil {
		return err
	}
	return k.conn.WriteMessage(kind, data)
}

// farewell sends what is queued and the reason, and waits for the client to
// close: closing at once would throw away what it has not read yet.
func (k *socket) farewell() {
	for {
		select {
		case data := <-k.out:
			if k.put(websocket.TextMessage, data) != nil {
				return
			}
			continue
		default:
		}
		break
	}
	code, text := websocket.CloseNormalClosure, ""
	if cause := context.Cause(k.ctx); !errors.Is(cause, errDone) {
		f, _ := faultOf(cause)
		code, text = f.close, f.text
		if data, err := json.Marshal(messageOf(f, "")); err == nil && k.tell.Load() {
			_ = k.put(websocket.TextMessage, data)
		}
	}
	_ = k.put(websocket.CloseMessage, websocket.FormatCloseMessage(code, text[:min(len(text), 120)]))
	patience := farewell
	if errors.Is(context.Cause(k.ctx), errFarTooLong) {
		patience = drain
	}
	_ = k.conn.SetReadDeadline(time.Now().Add(patience))
	<-k.read
}
