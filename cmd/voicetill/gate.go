package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	_ "image/jpeg" // photos of a pass
	_ "image/png"  // screenshots of a pass
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"voicetill/payments"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

const gateUsage = "[--till URL] [--place ID] [--name GATE] [TOKEN|IMAGE…]"

func init() {
	commands = append(commands, command{"gate", gateUsage, "open the exit for a pass: a token, or a PNG or JPEG of its QR code", func(ctx context.Context, args []string) error {
		return gate(ctx, args, os.Stdin, os.Stdout)
	}})
}

// errRefused ends gate with status 1 when a pass did not open.
var errRefused = errors.New("not every pass opens")

// gateTimeout is how long a shopper stands before the gate at most.
const gateTimeout = 10 * time.Second

// gate spends each pass that is named, or without arguments one a line of in,
// as hand scanners type them, and prints OPEN or REFUSED with the reason.
func gate(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	fs := flag.NewFlagSet("gate", flag.ContinueOnError)
	till := fs.String("till", "http://localhost:8080", "the till's `URL`")
	place := fs.String("place", "", "only passes of this place `ID` open")
	name := fs.String("name", "gate", "this gate's `name`, kept with the pass")
	if err := parseFlags(fs, args, gateUsage, 0, -1); err != nil {
		return err
	}
	g := gateKeeper{client: &http.Client{Timeout: gateTimeout}, till: *till, at: payments.Gate{Place: *place, Name: *name}, out: out}
	if fs.NArg() == 0 {
		return g.readLines(ctx, in)
	}
	refused := false
	for _, pass := range fs.Args() {
		open, err := g.show(ctx, pass)
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

type gateKeeper struct {
	client *http.Client
	till   string
	at     payments.Gate
	out    io.Writer
}

// readLines serves one pass after the other until in ends; a line that cannot
// be served is refused and the next shopper is not kept waiting.
func (g gateKeeper) readLines(ctx context.Context, in io.Reader) error {
	refused := false
	lines := bufio.NewScanner(in)
	for lines.Scan() && ctx.Err() == nil {
		pass := strings.TrimSpace(lines.Text())
		if pass == "" {
			continue
		}
		open, err := g.show(ctx, pass)
		if err != nil {
			fmt.Fprintln(g.out, "REFUSED", err)
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
func (g gateKeeper) show(ctx context.Context, pass string) (open bool, err error) {
	token, err := readToken(pass)
	if err != nil {
		return false, err
	}
	v, err := g.open(ctx, token)
	if err != nil {
		return false, err
	}
	word := "REFUSED"
	if v.Open {
		word = "OPEN"
	}
	fmt.Fprintln(g.out, word, v.Reason)
	return v.Open, nil
}

// open asks the till, which alone knows what was spent.
func (g gateKeeper) open(ctx context.Context, token string) (v payments.Verdict, err error) {
	address, err := url.JoinPath(g.till, "v1", "pass", url.PathEscape(token), "open")
	if err != nil {
		return v, fmt.Errorf("the till's address %s: %w", g.till, err)
	}
	query := url.Values{"place": {g.at.Place}, "gate": {g.at.Name}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"?"+query.Encode(), nil)
	if err != nil {
		return v, err
	}
	response, err := g.client.Do(request)
	if err != nil {
		return v, fmt.Errorf("ask the till: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	if err != nil {
		return v, fmt.Errorf("ask the till: %w", err)
	}
	if err := json.Unmarshal(body, &v); err != nil || v.Reason == "" || response.StatusCode >= 500 {
		return payments.Verdict{}, fmt.Errorf("the till answers %s and no verdict", response.Status)
	}
	return v, nil
}

// readToken takes a pass as typed, or reads it from the QR code in an image.
func readToken(pass string) (string, error) {
	if strings.HasPrefix(pass, "v4.public.") {
		return pass, nil
	}
	data, err := os.ReadFile(pass)
	if errors.Is(err, os.ErrNotExist) {
		return pass, nil // not a file: let the till say that it is not a pass
	}
	if err != nil {
		return "", err
	}
	token, err := decodeQR(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", pass, err)
	}
	return token, nil
}

// decodeQR reads the QR code anywhere in a PNG or JPEG.
func decodeQR(data []byte) (string, error) {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return "", fmt.Errorf("read image: %w", err)
	}
	for _, part := range parts(img.Bounds()) {
		var bits *gozxing.BinaryBitmap
		source := gozxing.NewLuminanceSourceFromImage(img)
		if source, err = source.Crop(part.Min.X-img.Bounds().Min.X, part.Min.Y-img.Bounds().Min.Y, part.Dx(), part.Dy()); err != nil {
			return "", fmt.Errorf("read image: %w", err)
		}
		if bits, err = gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source)); err != nil {
			return "", fmt.Errorf("read image: %w", err)
		}
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
		var result *gozxing.Result
		if result, err = qrcode.NewQRCodeReader().Decode(bits, hints); err == nil {
			return result.GetText(), nil
		}
	}
	return "", fmt.Errorf("find a QR code in the image: %w", err)
}

// parts are the whole of a picture and, since what else is on a tall screenshot
// can look like a code's corner, squares of its width from top to bottom.
func parts(whole image.Rectangle) []image.Rectangle {
	list := []image.Rectangle{whole}
	side := min(whole.Dx(), whole.Dy())
	for y := whole.Min.Y; whole.Dy() > side && y < whole.Max.Y-side/2; y += side / 5 {
		list = append(list, image.Rect(whole.Min.X, y, whole.Min.X+side, min(y+side, whole.Max.Y)))
	}
	return list
}
