// Command voicetill is a till you talk to: the server, and the tools around it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// command is one word after voicetill. run gets the arguments after the word.
type command struct {
	name, usage, about string
	run                func(ctx context.Context, args []string) error
}

// commands in the order of `voicetill help`.
var commands = []command{}

// errUsage ends with status 2 after the usage was shown.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := Main(ctx, os.Args[1:]); {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "voicetill:", err)
		os.Exit(1)
	}
}

// Main runs one command line; tests start the till with it, as production does.
func Main(ctx context.Context, args []string) error {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name == args[0] {
				return c.run(ctx, args[1:])
			}
		}
	}
	help := len(args) > 0 && isHelp(args[0])
	out := os.Stderr
	if help {
		out = os.Stdout
	}
	fmt.Fprintln(out, "voicetill is a till you talk to.\n\nCommands (each with -h):")
	for _, c := range commands {
		fmt.Fprintf(out, "  voicetill %s %s\n      %s\n", c.name, c.usage, c.about)
	}
	if help {
		fmt.Fprint(out, canonicalHelp)
		return nil
	}
	if len(args) > 0 {
		fmt.Fprintf(os.Stderr, "\nvoicetill: there is no command %q\n", args[0])
	}
	return errUsage
}
