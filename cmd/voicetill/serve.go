package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"voicetill/accounts"
	"voicetill/catalog/pictures"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/server"
	"voicetill/server/records"
	"voicetill/speech"
	"voicetill/speech/vosk"
	"voicetill/store"
	"voicetill/web"
)

const serveUsage = "[--listen ADDRESS] [--db ADDRESS] [--typed-only] …"

func init() {
	commands = append([]command{{"serve", serveUsage, "run the till", serve}}, commands...)
}

// Times of a till that runs.
const (
	drainTime   = 10 * time.Second
	resolveEach = 2 * time.Second
	purgeEach   = time.Hour
	billEach    = time.Hour
	countEach   = time.Minute
)

// serveFlags are what serve can be told.
type serveFlags struct {
	listen, voskListen string
	db                 string
	model, modelZH     string
	demo, noDemo       bool
	typedOnly, secure  bool
	decoders           int
	logLevel, fault    string
	gateways           gatewayFlags
	deliver            deliverFlags
	tls                tlsFlags
	keep               keepFlag
}

var (
	errDemoAbroad = errors.New("the demo accounts have published passwords and are for this machine alone: listen on localhost, or give --no-demo")
	errFault      = errors.New("--fault is for tests and reads exit-after-commit:N")
)

func readServeFlags(args []string) (f serveFlags, err error) {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	db := dbFlag(set)
	set.StringVar(&f.listen, "listen", "localhost:8080", "`address` of the pages and the protocol")
	set.StringVar(&f.voskListen, "vosk-listen", "", "`address` where clients of vosk-server find it at /, such as localhost:2700")
	set.StringVar(&f.model, "model", "", "vosk model `folder`; by default the one that make fetched")
	set.StringVar(&f.modelZH, "model-zh", os.Getenv("VOICETILL_MODEL_ZH"), "vosk model `folder` that hears Mandarin; without one, Mandarin is typed")
	set.BoolVar(&f.demo, "demo", true, "have the demo shop and its accounts")
	set.BoolVar(&f.noDemo, "no-demo", false, "no demo shop, and its accounts are refused")
	set.BoolVar(&f.typedOnly, "typed-only", false, "start without the recogniser")
	set.BoolVar(&f.secure, "secure-cookies", false, "cookies over https only: for a till behind a TLS proxy")
	set.IntVar(&f.decoders, "decoders", speech.BusyDecoders(), "recognisers that run at a `time`")
	set.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	set.StringVar(&f.fault, "fault", "", "for tests: exit-after-commit:N kills the till after the Nth stored exchange, before its reply")
	f.tls.register(set)
	f.keep.register(set)
	f.deliver.register(set)
	f.gateways.register(set)
	err = parseFlags(set, args, serveUsage, 0, 0)
	f.db = *db
	f.gateways.publicURL = f.deliver.publicURL
	f.demo = f.demo && !f.noDemo
	f.secure = f.secure || f.tls.on()
	return f, err
}

func serve(ctx context.Context, args []string) error {
	f, err := readServeFlags(args)
	if err != nil {
		return err
	}
	if f.demo && !(isLoopback(f.listen) && (f.voskListen == "" || isLoopback(f.voskListen))) {
		return errDemoAbroad
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	listeners, err := listen(f)
	if err != nil {
		return err
	}
	defer listeners.close()
	if f.deliver.publicGiven = f.deliver.publicURL != ""; !f.deliver.publicGiven {
		f.deliver.publicURL = f.tls.scheme() + "://" + publicAddress(f.listen, listeners.main)
	}
	spoken := sync.OnceValues(languages)
	go spoken() // half of the time until the first answer; the database is opened meanwhile
	db, err := store.Open(ctx, f.db)
	if err != nil {
		return fmt.Errorf("open database %s: %w", hidePassword(f.db), err)
	}
	defer db.Close()
	t, err := newTill(ctx, f, db, spoken, log)
	if err != nil {
		return err
	}
	defer t.close(log)
	return t.run(ctx, f, listeners, log)
}

// isLoopback reports whether only this machine can reach the address.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// hidePassword leaves the secret out of a database address.
func hidePassword(dsn string) string {
	scheme, rest, ok := strings.Cut(dsn, "://")
	at := strings.LastIndex(rest, "@")
	if !ok || at < 0 {
		return dsn
	}
	return scheme + "://…" + rest[at:]
}

type listenerSet struct{ main, vosk net.Listener }

func listen(f serveFlags) (set listenerSet, err error) {
	if set.main, err = listenOn(f.listen); err != nil {
		return set, err
	}
	if f.voskListen != "" {
		if set.vosk, err = listenOn(f.voskListen); err != nil {
			set.main.Close()
		}
	}
	return set, err
}

func listenOn(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program: stop it, or choose another address with --listen", address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

func (s listenerSet) close() {
	s.main.Close()
	if s.vosk != nil {
		s.vosk.Close()
	}
}

// runningTill is all that serve has put together.
type runningTill struct {
	server  *server.Server
	db      *store.DB
	engines []speech.Engine // none: typed only
	cashier *payments.Service
	workers []*deliver.Worker // bring receipts to people
	keep    store.Keep
}

func newTill(ctx context.Context, f serveFlags, db *store.DB, spoken func() (spokenLanguages, error), log *slog.Logger) (*runningTill, error) {
	if f.demo {
		if err := seedDemo(ctx, db); err != nil {
			return nil, fmt.Errorf("set up the demo shop: %w", err)
		}
	}
	key, err := db.PassKey(ctx)
	if err != nil {
		return nil, err
	}
	var book accounts.Book = db
	if !f.demo {
		book = records.NoDemo{Book: db}
	}
	verifier := &accounts.Verifier{Book: book, Now: time.Now}
	t := &runningTill{db: db, keep: f.keep.Keep}
	g := t.gateways(log)
	if err := f.gateways.open(g); err != nil {
		return nil, err
	}
	t.cashier = payments.New(payments.Config{Store: db, Wallet: db, Verifier: verifier, PassKey: key, Now: time.Now, Elapsed: payments.Elapsed, Log: log,
		Gateways: g.by})
	config := server.Config{Records: records.Records{DB: db, Demo: f.demo}, Cashier: t.cashier, Verifier: verifier, Decoders: f.decoders,
		WebSessions: db.WebSessions(), Voice: findVoice(), Secure: f.secure, Limits: server.DefaultLimits(), Log: log, Now: time.Now, Callbacks: g.callbacks, Fetch: pictures.Internet()}
	voiceKey := sha256.Sum256(append([]byte("voicetill spoken replies 1"), key.Seed()...))
	config.VoiceKey = voiceKey[:]
	if err := t.setUpDelivery(f.deliver, &config); err != nil {
		return nil, err
	}
	checkSeed := sha256.Sum256(append([]byte("voicetill checks 1"), key.Seed()...))
	config.CheckSeed = checkSeed[:]
	if config.AfterSave, err = faultOf(f.fault); err != nil {
		return nil, err
	}
	read, err := spoken()
	if err != nil {
		return nil, err
	}
	config.Grammars, config.Replies = read.grammars, read.replies
	if config.Pages, err = fs.Sub(web.FS, "dist"); err != nil {
		return nil, err
	}
	if config.Sample, err = fs.Sub(models.FS, "demo"); err != nil {
		return nil, err
	}
	if !f.typedOnly {
		if err := t.openEngines(f, &config); err != nil {
			return nil, errors.Join(err, t.closeEngines())
		}
	}
	t.server = server.New(config)
	return t, nil
}

// openEngines loads the model of each language that has one. The till closes
// them.
func (t *runningTill) openEngines(f serveFlags, config *server.Config) error {
	english, err := openEngine(f.model)
	if err != nil {
		return err
	}
	config.Engine = english
	speller := &respeller{knows: english.Knows, log: config.Log}
	config.Respell, config.Speller = speller.respell, speller
	t.engines = append(t.engines, english)
	if f.modelZH == "" {
		return nil
	}
	mandarin, err := openEngine(f.modelZH)
	if err != nil {
		return err
	}
	config.Engines = map[string]speech.Engine{"zh": mandarin}
	t.engines = append(t.engines, mandarin)
	return nil
}

func (t *runningTill) closeEngines() error {
	var errs []error
	for _, e := range t.engines {
		errs = append(errs, e.Close())
	}
	return errors.Join(errs...)
}

// openEngine loads the model in a folder, by default the one that make fetched.
func openEngine(dir string) (speech.Engine, error) {
	if dir == "" {
		dir = modelDir()
	}
	engine, err := vosk.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("%w (--typed-only starts without)", err)
	}
	return engine, nil
}

// spokenLanguages is what the till understands and says, by language.
type spokenLanguages struct {
	grammars map[string]*parser.Grammar
	replies  map[string]*checkout.Replies
}

func languages() (l spokenLanguages, err error) {
	l.grammars, l.replies = map[string]*parser.Grammar{}, map[string]*checkout.Replies{}
	for _, lang := range []string{"en", "zh"} {
		text, err := models.FS.ReadFile(lang + "/replies.json")
		if err == nil {
			l.replies[lang], err = checkout.NewReplies(lang, text)
		}
		if err != nil {
			return l, err
		}
		if l.grammars[lang], err = parser.ReadGrammar(models.FS, lang+"/grammar.txt"); err != nil {
			return l, err
		}
	}
	return l, nil
}

// faultOf is the hook that tests ask for: the process dies, as by a power cut,
// after the Nth exchange was stored and before its reply goes out.
func faultOf(spec string) (func(), error) {
	if spec == "" {
		return nil, nil
	}
	count, ok := strings.CutPrefix(spec, "exit-after-commit:")
	n, err := strconv.ParseInt(count, 10, 64)
	if !ok || err != nil || n < 1 {
		return nil, errFault
	}
	var saved atomic.Int64
	return func() {
		if saved.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal is on its way
		}
	}, nil
}

func (t *runningTill) close(log *slog.Logger) {
	err := errors.Join(t.server.Close(), t.closeEngines())
	if err != nil {
		log.Error("the till did not close cleanly", "err", err)
	}
}

// run serves until ctx ends, then drains: conversations are told, requests are
// finished.
func (t *runningTill) run(ctx context.Context, f serveFlags, l listenerSet, log *slog.Logger) error {
	handler, err := t.server.Handler()
	if err != nil {
		return err
	}
	secured, err := f.tls.config()
	if err != nil {
		return err
	}
	work, stopWork := context.WithCancel(ctx)
	worked := make(chan struct{})
	go func() { defer close(worked); t.work(work, log) }()
	defer func() { stopWork(); <-worked }()

	main := l.main
	if secured != nil {
		main = tls.NewListener(main, secured)
	}
	servers := []*http.Server{newHTTP(handler, log)}
	failed := make(chan error, 2)
	go func() { failed <- servers[0].Serve(main) }()
	if l.vosk != nil {
		servers = append(servers, newHTTP(t.server.VoskHandler(), log))
		go func() { failed <- servers[1].Serve(l.vosk) }()
	}
	token, err := t.db.SetUpToken(ctx)
	if err != nil {
		return err
	}
	announce(f, l, token)
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		log.Info("draining")
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = errors.Join(err, t.server.Drain(drain))
	for _, s := range servers {
		err = errors.Join(err, s.Shutdown(drain))
	}
	return err
}

func newHTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// work does what no request waits for, until ctx ends.
func (t *runningTill) work(ctx context.Context, log *slog.Logger) {
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(resolveEach)
		defer tick.Stop()
		t.cashier.Resolve(ctx, tick.C)
	})
	wg.Go(func() { t.deliver(ctx) })
	wg.Go(func() { t.forget(ctx, log) })
	wg.Go(func() { t.bill(ctx, log) })
	wg.Go(func() { t.count(ctx) })
	wg.Wait()
}

// count stores how shoppers were understood, now and then and at the end.
func (t *runningTill) count(ctx context.Context) {
	tick := time.NewTicker(countEach)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			t.server.StoreUnderstood(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
			defer cancel()
			t.server.StoreUnderstood(last)
			return
		}
	}
}

// forget purges what is old and no book.
func (t *runningTill) forget(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(purgeEach)
	defer tick.Stop()
	for {
		gone, err := t.db.Purge(ctx, t.keep, time.Now())
		if err != nil && ctx.Err() == nil {
			log.Error("what is old was not purged", "err", err)
		}
		log.Debug("what is old was purged", "rows", gone)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// bill makes companies' bills of the month that is over.
func (t *runningTill) bill(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(billEach)
	defer tick.Stop()
	for {
		made, err := t.db.BillCompanies(ctx)
		if err != nil && ctx.Err() == nil {
			log.Error("companies were not billed", "err", err)
		}
		if made > 0 {
			log.Info("companies were billed", "bills", made)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// announce tells the operator where the pages are, and while there is no merchant
// with which link one is made.
func announce(f serveFlags, l listenerSet, setUp string) {
	base := f.tls.scheme() + "://" + publicAddress(f.listen, l.main)
	fmt.Printf("voicetill is ready\n\n  shopper   %s/\n  kiosk     %[1]s/kiosk\n  merchant  %[1]s/merchant\n  gate      %[1]s/gate\n", base)
	if l.vosk != nil {
		fmt.Printf("  vosk      ws://%s/\n", publicAddress(f.voskListen, l.vosk))
	}
	if setUp != "" {
		fmt.Printf("\nSet up your own shop, once, with this link:\n  %s/merchant#setup=%s\n", base, setUp)
	}
	if f.typedOnly {
		fmt.Println("\nTyped input only: the recogniser is not loaded.")
	}
	if f.demo {
		fmt.Println("\nDemo accounts")
		for _, d := range store.DemoLogins() {
			name := d.Account.Number
			if name == "" {
				name = d.Account.Email
			}
			note := "balance " + d.Balance.String()
			if d.Account.Kind == accounts.Merchant {
				note = "merchant"
			}
			fmt.Printf("  %-22s %-14s %s, %s\n", name, d.Password, d.Account.Name, note)
		}
	}
	fmt.Println("\nCtrl-C drains and stops.")
}

// publicAddress is the address as given, with the port that was found for 0.
func publicAddress(given string, l net.Listener) string {
	host, _, err := net.SplitHostPort(given)
	if err != nil {
		return l.Addr().String()
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil || host == "" {
		return l.Addr().String()
	}
	return net.JoinHostPort(host, port)
}
