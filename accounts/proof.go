package accounts

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const secret = "[secret]"

// Proof is what someone offers to show who they are. However it is printed,
// logged or encoded, the secret stays out; read Secret only to check it.
type Proof struct {
	Factor string // Password
	Secret string
}

// LogValue keeps the secret out of logs.
func (p Proof) LogValue() slog.Value { return slog.StringValue(secret) }

// Format keeps the secret out of every verb, %#v too.
func (p Proof) Format(f fmt.State, verb rune) { io.WriteString(f, secret) }

// MarshalJSON keeps the secret out of stored and sent JSON.
func (p Proof) MarshalJSON() ([]byte, error) { return json.Marshal(secret) }
