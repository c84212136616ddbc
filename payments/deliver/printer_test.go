package deliver_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"voicetill/payments/deliver"
)

func printer(t *testing.T, address string) deliver.Printer {
	t.Helper()
	p, err := deliver.ParsePrinter(address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestANetworkPrinterGetsAllBytes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan []byte, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			close(got)
			return
		}
		defer conn.Close()
		data, _ := io.ReadAll(conn) // what came before an error is compared
		got <- data
	}()
	want := bytes.Repeat([]byte("receipt "), 100_000)
	if err := printer(t, "corner=tcp://"+l.Addr().String()).Print(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if data := <-got; !bytes.Equal(data, want) {
		t.Errorf("%d bytes of %d", len(data), len(want))
	}
}

func TestAPrinterThatIsOffIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	off := "tcp://" + l.Addr().String()
	l.Close()
	for _, address := range []string{off, "file:///no/such/device"} {
		if err := printer(t, address).Print(t.Context(), []byte("x")); err == nil {
			t.Errorf("%s: printed", address)
		}
	}
}

// A printer that loses its power in the middle resets the connection, also when
// all was sent already.
func TestAPrinterThatBreaksOffIsAnError(t *testing.T) {
	for _, size := range []int{100, 32 << 20} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() { defer close(done); breakOff(l) }()
		if err := printer(t, "tcp://"+l.Addr().String()).Print(t.Context(), bytes.Repeat([]byte("x"), size)); err == nil {
			t.Errorf("%d bytes were printed on nothing", size)
		}
		l.Close()
		<-done
	}
}

// breakOff takes ten bytes and resets the connection.
func breakOff(l net.Listener) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	_, _ = io.ReadFull(conn, make([]byte, 10)) // the reset is what counts
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func TestAFileKeepsAllReceipts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lp0")
	p := printer(t, "file://"+file)
	for _, s := range []string{"one ", "two"} {
		if err := p.Print(t.Context(), []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "one two" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestAddressesOfPrinters(t *testing.T) {
	for _, bad := range []string{"", "lp0", "tcp://", "tcp://host/path", "file://", "file://host/dev/lp0", "http://host", "=", "corner=", "tcp://%zz"} {
		if p, err := deliver.ParsePrinter(bad); !errors.Is(err, deliver.ErrPrinter) {
			t.Errorf("%q: got %v, %v", bad, p, err)
		}
	}
	if p := printer(t, "corner=tcp://10.0.0.9"); p.Place != "corner" {
		t.Errorf("got %+v", p)
	}
}
