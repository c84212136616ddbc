package payments

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// CartDigest is a hash over the lines: what is bought, at which price.
func (b Bill) CartDigest() string {
	type line struct {
		Item, Unit  string
		Options     map[string]string
		Milli       int64
		Price, Paid int64
		TaxBP       int
	}
	lines := make([]line, len(b.Lines))
	for i, l := range b.Lines {
		options := l.Options
		if len(options) == 0 {
			options = nil // as JSON brings it back
		}
		lines[i] = line{l.Item, l.Unit, options, l.Milli, l.Price.Minor, l.Total.Minor, l.TaxBP}
	}
	return digest(lines)
}

// Consent is the hash that a proof is bound to: bill and version, cart digest,
// amount, currency, payee, place, expiry and nonce. Any change of these voids
// a consent (PSD2 RTS Art. 5).
func (b Bill) Consent() string {
	what := []any{"voicetill consent 1", b.ID, b.Version, b.CartDigest(), b.Total.Minor, b.Currency,
		b.Merchant, b.Payee, b.Place, b.Expires.UnixMicro(), b.Nonce}
	if b.Kind != Sale {
		what = append(what, b.Kind)
	}
	return digest(what)
}

// digest hashes the JSON of v, whose maps encoding/json sorts by key.
func digest(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "" // strings and integers always encode
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
