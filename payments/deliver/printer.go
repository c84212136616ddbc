package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
)

// Printer writes to a receipt printer: over TCP, as network printers listen on
// port 9100, or to a device or file.
type Printer struct {
	Place string // that it stands in; "": any
	url   *url.URL
}

// ErrPrinter refuses an address of a printer.
var ErrPrinter = errors.New("a printer's address is tcp://host:9100, file:///dev/usb/lp0, or place=address")

// ParsePrinter reads "tcp://host:9100" or "file:///dev/usb/lp0", for one place
// with its id before: "corner=tcp://…".
func ParsePrinter(s string) (Printer, error) {
	place, address, ok := strings.Cut(s, "=")
	if !ok {
		place, address = "", s
	}
	u, err := url.Parse(address)
	if err != nil {
		return Printer{}, ErrPrinter
	}
	switch {
	case u.Scheme == "tcp" && u.Hostname() != "" && u.Path == "":
		if u.Port() == "" {
			u.Host = net.JoinHostPort(u.Hostname(), "9100")
		}
	case u.Scheme == "file" && u.Host == "" && strings.HasPrefix(u.Path, "/") && len(u.Path) > 1:
	default:
		return Printer{}, ErrPrinter
	}
	return Printer{place, u}, nil
}

const printTimeout = 10 * time.Second // to be reached, and to take what is sent

// Print sends the bytes. A printer that takes only a part of them fails, and
// prints anew at the next try.
func (p Printer) Print(ctx context.Context, data []byte) error {
	if p.url.Scheme == "file" {
		return writeDevice(p.url.Path, data)
	}
	dialer := net.Dialer{Timeout: printTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", p.url.Host)
	if err != nil {
		return fmt.Errorf("reach the printer: %w", err)
	}
	defer conn.Close()
	deadline := time.Now().Add(printTimeout)
	if by, ok := ctx.Deadline(); ok && by.Before(deadline) {
		deadline = by
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return fmt.Errorf("reach the printer: %w", err)
	}
	if _, err := conn.Write(data); err != nil {
		return fmt.Errorf("write to the printer: %w", err)
	}
	return drained(conn)
}

const closeTimeout = 2 * time.Second // some printers never close

// drained ends the sending and waits until the printer, too, closes or says
// something: a cut connection is an error only now.
func drained(conn net.Conn) error {
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return fmt.Errorf("end the print: %w", err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(closeTimeout)); err != nil {
		return fmt.Errorf("end the print: %w", err)
	}
	_, err := conn.Read(make([]byte, 1))
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return fmt.Errorf("the printer broke off: %w", err)
}

// writeDevice appends: a device has no beginning, and a file keeps what it has.
func writeDevice(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the printer: %w", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write to the printer: %w", err)
	}
	return nil
}
