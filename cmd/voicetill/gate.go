package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"voicetill/gate"
	"voicetill/payments"
)

const gateUsage = "[--till URL] [--place ID] [--name GATE] [--memory FILE --token-file FILE] [--listen ADDRESS] … [TOKEN|IMAGE…]"

func init() {
	commands = append(commands, command{"gate", gateUsage, "open the exit for a pass: before a camera, by HTTP, typed by a scanner, a token, or a PNG or JPEG of its QR code", func(ctx context.Context, args []string) error {
		return gateCommand(ctx, args, os.Stdin, os.Stdout)
	}})
}

var (
	// errRefused ends gate with status 1 when a pass did not open.
	errRefused = errors.New("not every pass opens")
	errGate    = errors.New("--listen, --key, --relay and --pin-file are of a gate of its own, which takes --memory and --token-file")
)

// gateTimeout is how long a shopper stands before the gate at most.
const gateTimeout = 10 * time.Second

type gateFlags struct {
	till, place, name         string
	memory, tokenFile, listen string
	key, relay, pinFile       string
	passes                    []string
}

func readGateFlags(args []string) (f gateFlags, err error) {
	fs := flag.NewFlagSet("gate", flag.ContinueOnError)
	fs.StringVar(&f.till, "till", "http://localhost:8080", "the till's `URL`")
	fs.StringVar(&f.place, "place", "", "only passes of this place `ID` open")
	fs.StringVar(&f.name, "name", "gate", "this gate's `name`, kept with the pass")
	fs.StringVar(&f.memory, "memory", "", "`file` that keeps what was spent: the gate then verifies passes itself and works while it is cut off")
	fs.StringVar(&f.tokenFile, "token-file", "", "`file` with an API token of the merchant")
	fs.StringVar(&f.listen, "listen", "", "`address` of the camera page and the calls for hardware, such as localhost:8090")
	fs.StringVar(&f.key, "key", "", "the till's public key in `hex`; by default the first one that the till tells is pinned")
	fs.StringVar(&f.relay, "relay", "", "`URL` of the door's controller: a POST to it opens")
	fs.StringVar(&f.pinFile, "pin-file", "", "`file` with the PIN by which staff opens by hand while the gate is cut off")
	err = parseFlags(fs, args, gateUsage, 0, -1)
	f.passes = fs.Args()
	if err == nil && f.memory == "" && f.listen+f.key+f.relay+f.pinFile != "" {
		err = errGate
	}
	return f, err
}

// gateCommand spends each pass that is named, or without arguments one a line
// of in, as hand scanners type them, and prints OPEN or REFUSED with the
// reason. With a memory it is a gate of its own.
func gateCommand(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	f, err := readGateFlags(args)
	if err != nil {
		return err
	}
	k := gateKeeper{out: out}
	if f.memory == "" {
		till := gate.HTTPTill{Client: &http.Client{Timeout: gateTimeout}, Address: f.till, Place: f.place, Name: f.name}
		k.open = func(ctx context.Context, token string) (payments.Verdict, error) { return till.Open(ctx, token, "") }
		return k.serve(ctx, f.passes, in)
	}
	own, err := startGate(ctx, f)
	if err != nil {
		return err
	}
	defer own.stop()
	k.open = own.gate.Open
	if f.listen != "" {
		return own.listen(ctx, f.listen, out)
	}
	return k.serve(ctx, f.passes, in)
}

type gateKeeper struct {
	open func(ctx context.Context, token string) (payments.Verdict, error)
	out  io.Writer
}

func (k gateKeeper) serve(ctx context.Context, passes []string, in io.Reader) error {
	if len(passes) == 0 {
		return k.readLines(ctx, in)
	}
	refused := false
	for _, pass := range passes {
		open, err := k.show(ctx, pass)
		if err != nil {
			return err
		}
		refused = refused || !open
	}
	if refused {
		return errRefused
	}
	return nil
}

// readLines serves one pass after the other until in ends; a line that cannot
// be served is refused and the next shopper is not kept waiting.
func (k gateKeeper) readLines(ctx context.Context, in io.Reader) error {
	refused := false
	lines := bufio.NewScanner(in)
	for lines.Scan() && ctx.Err() == nil {
		pass := strings.TrimSpace(lines.Text())
		if pass == "" {
			continue
		}
		open, err := k.show(ctx, pass)
		if err != nil {
			fmt.Fprintln(k.out, "REFUSED", err)
		}
		refused = refused || !open
	}
	if err := errors.Join(lines.Err(), ctx.Err()); err != nil {
		return err
	}
	if refused {
		return errRefused
	}
	return nil
}

// show spends one pass and prints what became of it.
func (k gateKeeper) show(ctx context.Context, pass string) (open bool, err error) {
	token, err := readToken(pass)
	if err != nil {
		return false, err
	}
	v, err := k.open(ctx, token)
	if err != nil {
		return false, err
	}
	word := "REFUSED"
	if v.Open {
		word = "OPEN"
	}
	fmt.Fprintln(k.out, word, v.Reason)
	return v.Open, nil
}
