package server

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments/money"

	"github.com/oklog/ulid/v2"
	"golang.org/x/text/unicode/norm"
)

// SetUps make the first merchant of a till.
type SetUps interface {
	// SetUpToken is "" once there is a merchant.
	SetUpToken(ctx context.Context) (string, error)
	// SetUp returns ErrSetUp, ErrPlaceTaken or ErrAccountTaken.
	SetUp(ctx context.Context, token string, p Place, a accounts.Account, passwordHash string) error
	// CreateAccount returns the account's id, or ErrAccountTaken.
	CreateAccount(ctx context.Context, a accounts.Account, passwordHash string) (string, error)
}

var (
	// ErrSetUp says that a till is set up, or that a token does not let in.
	ErrSetUp = errors.New("this till is set up already, or the link is not the one that it printed")
	// ErrPlaceTaken says that another place has the id.
	ErrPlaceTaken = errors.New("another shop has this name")
	// ErrAccountTaken says that number or e-mail are in use.
	ErrAccountTaken = errors.New("an account has this e-mail already")
	errShopName     = errors.New("a shop's name has 1 to 60 characters")
	errCurrency     = errors.New("a currency is a code of three letters, such as EUR")
	errEmail        = errors.New("this is no e-mail address")
	errShortSecret  = errors.New("a password has at least 8 characters")
	errName         = errors.New("a name has 1 to 60 characters")
	errNoSample     = errors.New("this till has no sample catalogue")
)

// minSecret is how many characters a password has at least.
const minSecret = 8

type setUpBody struct {
	Token    string `json:"token"`
	Shop     string `json:"shop"`
	Currency string `json:"currency"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (in setUpBody) check() error {
	switch {
	case in.Shop == "" || utf8.RuneCountInString(in.Shop) > 60:
		return errShopName
	case !money.Currency(in.Currency).Valid():
		return errCurrency
	case !isEmail(in.Email):
		return errEmail
	case utf8.RuneCountInString(in.Password) < minSecret:
		return errShortSecret
	}
	return nil
}

// isEmail reports whether a text may be an address: whether somebody reads what is
// sent there is found out by sending.
func isEmail(s string) bool {
	name, domain, at := strings.Cut(s, "@")
	return at && name != "" && domain != "" && len(s) <= 254 && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// getSetUp is GET /v1/setup: whether the till waits for its first merchant.
func (s *Server) getSetUp(w http.ResponseWriter, r *http.Request) error {
	token, err := s.Records.SetUpToken(r.Context())
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]bool{"open": token != ""})
	return nil
}

// setUp is POST /v1/setup: makes the first merchant, with the token that the till
// printed, and signs in. It can be done once.
func (s *Server) setUp(w http.ResponseWriter, r *http.Request) error {
	var in setUpBody
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	in.Shop, in.Email = strings.TrimSpace(in.Shop), strings.TrimSpace(in.Email)
	if err := in.check(); err != nil {
		return err
	}
	if token, err := s.Records.SetUpToken(r.Context()); err != nil || token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(in.Token)) == 0 {
		return errors.Join(ErrSetUp, err) // before the hash, which is work
	}
	hash, err := accounts.Hash(r.Context(), in.Password)
	if err != nil {
		return err
	}
	id := placeID(in.Shop)
	a := accounts.Account{ID: ulid.Make().String(), Email: in.Email, Name: in.Shop, Kind: accounts.Merchant, Merchant: id, Unproved: s.Delivering.Mail}
	p := Place{ID: id, Merchant: id, Name: in.Shop, Payee: in.Shop, Currency: money.Currency(in.Currency)}
	if err := s.Records.SetUp(r.Context(), in.Token, p, a, hash); err != nil {
		return err
	}
	s.log.Info("the first merchant was set up", "place", id)
	return s.signIn(w, r, keyMerchant, a.ID, http.StatusCreated)
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// placeID makes an id of a name: "Corner Shop" becomes "corner-shop", "Café Groß"
// "cafe-gross".
func placeID(name string) string {
	plain := catalog.WithoutAccents(norm.NFKD.String(strings.ReplaceAll(strings.ToLower(name), "ß", "ss")))
	id := strings.Trim(notInID.ReplaceAllString(plain, "-"), "-")
	id = strings.Trim(id[:min(len(id), 40)], "-")
	if id == "" || id == "demo" {
		return "shop"
	}
	return id
}

// getSample is GET /v1/sample: a catalogue with pictures to begin with, as it is
// uploaded.
func (s *Server) getSample(w http.ResponseWriter, _ *http.Request) error {
	if s.Sample == nil {
		return errNoSample
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="sample-catalogue.zip"`)
	names, err := fs.Glob(s.Sample, "pictures/*")
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, name := range append(names, "catalog.csv") {
		data, err := fs.ReadFile(s.Sample, name)
		if err != nil {
			return fmt.Errorf("read the sample: %w", err)
		}
		file, err := z.Create(name)
		if err == nil {
			_, err = file.Write(data)
		}
		if err != nil {
			return nil // the client is gone
		}
	}
	_ = z.Close() // likewise
	return nil
}

// trialMoney is what a trial shopper has, in whole units of the currency.
const trialMoney = 50

// trialSecret can be typed on a phone; 50 random bits.
func trialSecret() string { return strings.ToLower(rand.Text()[:10]) }

// shopperNumber is one of 900,000 that nobody need have.
func shopperNumber() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	return strconv.FormatInt(100_000+n.Int64(), 10), err
}

type trialBody struct {
	Number   string `json:"number"`
	Password string `json:"password"` // shown this once
	Balance  string `json:"balance"`
}

// addTrial is POST /v1/merchant/trial: a shopper for a first purchase, with a
// balance. It is in the books as any other that is paid in by hand.
func (s *Server) addTrial(w http.ResponseWriter, r *http.Request) error {
	p, err := s.own(r, placeOf(r))
	if err != nil {
		return err
	}
	amount, err := money.Parse(strconv.Itoa(trialMoney), p.place.Currency)
	if err != nil {
		return err
	}
	secret := trialSecret()
	a, err := s.newShopper(r.Context(), accounts.Account{Name: "Trial", Kind: accounts.Shopper}, secret)
	if err != nil {
		return err
	}
	if err := s.Records.TopUp(r.Context(), p.place.Merchant, a.ID, "trial/"+a.ID, amount); err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, trialBody{Number: a.Number, Password: secret, Balance: amount.Decimal()})
	return nil
}
