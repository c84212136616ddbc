package payments

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"voicetill/accounts"

	"github.com/oklog/ulid/v2"
)

var plate = regexp.MustCompile(`^[\p{L}\p{N}]{2,12}$`)

// maxPlates is how many number plates one mandate may have.
const maxPlates = 20

// Plate is a number plate as it is compared: upper case, without blanks and
// hyphens. ErrPlate.
func Plate(text string) (string, error) {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-·.", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
	if !plate.MatchString(kept) {
		return "", ErrPlate
	}
	return kept, nil
}

// Allow makes a mandate after its holder's proof, and returns it with the token
// that gates know the holder by, which is shown this once. ErrMandate, ErrPlate,
// ErrPlateTaken, ErrNotOffered, ErrNotBound, and what Verify returns.
func (s *Service) Allow(ctx context.Context, m Mandate, place, terminal string, proof accounts.Proof) (Mandate, string, error) {
	if err := s.mayAllow(ctx, &m, place); err != nil {
		return m, "", err
	}
	a, err := s.verifier.Verify(ctx, terminal, m.Account, proof)
	if err != nil {
		return m, "", err
	}
	m.ID, m.Account, m.Made = ulid.Make().String(), a.ID, s.stamp()
	token, hash := accounts.NewToken()
	if err := s.store.AddMandate(ctx, m, hash); err != nil {
		return m, "", err
	}
	return m, token, nil
}

// mayAllow checks a mandate before it is made, and tidies its plates.
func (s *Service) mayAllow(ctx context.Context, m *Mandate, place string) error {
	once := m.Once.Minor
	low := func(minor int64) bool { return minor != 0 && minor < once }
	if once <= 0 || low(m.Day.Minor) || low(m.Month.Minor) || !m.Until.IsZero() && !m.Until.After(s.now()) {
		return ErrMandate
	}
	if len(m.Plates) > maxPlates {
		return ErrPlate
	}
	for i, p := range m.Plates {
		tidy, err := Plate(p)
		if err != nil {
			return err
		}
		m.Plates[i] = tidy
	}
	slices.Sort(m.Plates)
	m.Plates = slices.Compact(m.Plates)
	offers, err := s.Offers(ctx, place, m.Once.Currency)
	if err != nil {
		return err
	}
	if !slices.Contains(offers, m.Method) {
		return ErrNotOffered
	}
	if s.wallet == nil || m.Method == Prepaid {
		return nil
	}
	ref, err := s.binding(ctx, m.Merchant, m.Account, m.Method)
	if err == nil && ref == "" {
		err = ErrNotBound
	}
	return err
}

// Mandates are an account's with a merchant, newest first.
func (s *Service) Mandates(ctx context.Context, merchant, account string) ([]Mandate, error) {
	return s.store.MandatesOf(ctx, merchant, account)
}

// MandateUse is what was deducted by a mandate today and this month, by the clock
// of a place.
func (s *Service) MandateUse(ctx context.Context, m Mandate, place string) (MandateUse, error) {
	return s.store.MandateUse(ctx, m, place, s.now())
}

// Revoke ends a mandate at once: from the moment on that it returns nothing is
// reserved by it any more. ErrNoMandate where the account has none of the id.
func (s *Service) Revoke(ctx context.Context, merchant, account, id string) error {
	return s.store.RevokeMandate(ctx, merchant, account, id, s.stamp())
}

// Allowed returns the mandate by which a bill could be paid just now, or
// ErrNoMandate or *MandateLimitError. It promises nothing: PayByMandate checks
// again.
func (s *Service) Allowed(ctx context.Context, b Bill, account string, method Method) (Mandate, error) {
	m, err := s.store.FindMandate(ctx, MandateAsk{Merchant: b.Merchant, Place: b.Place, Account: account,
		Currency: b.Currency, Method: method, At: s.now()})
	if err != nil {
		return m, err
	}
	used, err := s.store.MandateUse(ctx, m, b.Place, s.now())
	if err != nil {
		return m, err
	}
	return m, m.Room(b.Total, used)
}

// PayByMandate settles a bill as Pay does, by what the account holder has allowed
// in advance in the place of a proof; p.Account is an id. Besides Pay's errors it
// returns ErrNoMandate and *MandateLimitError, after which nothing is charged and
// a proof will do.
func (s *Service) PayByMandate(ctx context.Context, b Bill, p Payer) (Receipt, error) {
	m, err := s.Allowed(ctx, b, p.Account, p.Method)
	if err != nil {
		if r, earlier := s.byMandateBefore(ctx, b, p); earlier {
			return r, nil
		}
		return Receipt{}, err
	}
	return s.payBy(ctx, b, p, m)
}

// byMandateBefore finds the receipt of a bill that was paid so already, since
// paying has used the room that paying again would need.
func (s *Service) byMandateBefore(ctx context.Context, b Bill, p Payer) (Receipt, bool) {
	r, err := s.store.ReceiptByBill(ctx, b.ID)
	if err != nil || r.Account != p.Account || r.Version != b.Version {
		return Receipt{}, false
	}
	r, err = s.withPass(r)
	return r, err == nil
}

func (s *Service) payBy(ctx context.Context, b Bill, p Payer, m Mandate) (Receipt, error) {
	err := s.store.CheckBill(ctx, b, s.now())
	if err != nil && !errors.Is(err, ErrBillPaid) && !errors.Is(err, ErrBillPending) {
		return Receipt{}, err
	}
	p.Method, p.Mandate, p.Proof = m.Method, m.ID, accounts.Proof{Factor: ByMandate}
	return s.pay(ctx, b, p)
}

// pay settles a bill whose payer is proved.
func (s *Service) pay(ctx context.Context, b Bill, p Payer) (Receipt, error) {
	p, g, err := s.choose(ctx, b, p)
	if err != nil {
		return Receipt{}, err
	}
	r, err := s.earlier(ctx, b, p)
	if !errors.Is(err, ErrNoReceipt) {
		return r, err
	}
	return s.start(ctx, b, p, g)
}

// MandateOf finds the mandate of what a gate has read: a plate or a token.
// ErrNoMandate, ErrPlate.
func (s *Service) MandateOf(ctx context.Context, merchant, token, plateRead string) (Mandate, error) {
	tag := TokenTag(accounts.TokenHash(token))
	if token == "" {
		tidy, err := Plate(plateRead)
		if err != nil {
			return Mandate{}, err
		}
		tag = PlateTag(tidy)
	}
	m, err := s.store.MandateByTag(ctx, merchant, tag)
	if err != nil {
		return m, fmt.Errorf("find mandate: %w", err)
	}
	return m, nil
}

// PlateTag and TokenTag are how a mandate's plates and token are kept.
func PlateTag(plate string) string { return "plate:" + plate }

// TokenTag takes the token's hash.
func TokenTag(hash string) string { return "token:" + hash }
