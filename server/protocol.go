package server

import (
	"encoding/json"

	"voicetill/checkout"
	"voicetill/parser"
	"voicetill/payments"
)

// Messages of /v1/checkout, each a section of docs/protocol.md. A message has
// its type in "type"; unknown fields are ignored.

// envelope is read first, to see what a client message is.
type envelope struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// helloMessage opens or resumes a conversation.
type helloMessage struct {
	Type   string `json:"type"` // "hello"
	Resume string `json:"resume,omitempty"`
	Lang   string `json:"lang,omitempty"`   // "en", "zh"
	Rate   int    `json:"rate,omitempty"`   // of the PCM to come, Hz; 0: 16000
	Client string `json:"client,omitempty"` // "phone", "kiosk", other
}

// sayMessage is a typed line.
type sayMessage struct {
	Type string `json:"type"` // "say"
	ID   string `json:"id"`
	Text string `json:"text"`
}

// doMessage is a tapped command.
type doMessage struct {
	Type    string           `json:"type"` // "do"
	ID      string           `json:"id"`
	Command checkout.Command `json:"command"`
}

// proveMessage carries the transaction password, past everything that hears,
// parses, logs or stores.
type proveMessage struct {
	Type    string `json:"type"` // "prove"
	ID      string `json:"id"`
	Bill    string `json:"bill"`
	Version int    `json:"version"`
	Account string `json:"account,omitempty"` // number or e-mail; not needed when signed in
	Factor  string `json:"factor"`            // "password"
	Secret  string `json:"secret"`
	Method  string `json:"method,omitempty"` // way to pay; "": the chosen or usual one
	Code    string `json:"code,omitempty"`   // payment code scanned from the shopper's app
}

// decideMessage is a clerk's decision about a payment that waits for staff, on
// the shopper's screen. Like a proof it passes nothing that hears, logs or stores.
type decideMessage struct {
	Type         string `json:"type"` // "decide"
	ID           string `json:"id"`
	Confirmation string `json:"confirmation"`
	Approve      bool   `json:"approve"`
	Reason       string `json:"reason,omitempty"` // of a refusal, for the shopper
	Account      string `json:"account"`          // the clerk's: one of the merchant's
	Secret       string `json:"secret"`
}

// plainMessage is "end", "played", "ping" or "pong".
type plainMessage struct {
	Type string `json:"type"`
}

// welcomeMessage answers hello.
type welcomeMessage struct {
	Type   string `json:"type"` // "welcome"
	Resume string `json:"resume"`
	Place  string `json:"place"`
	Payee  string `json:"payee"`
	Speech bool   `json:"speech"` // whether the till can hear; false: typed only
	Hears  string `json:"hears"`  // the language that it hears, "en" or "zh"; "": none
	replyBody
}

// partialMessage is what is being heard.
type partialMessage struct {
	Type string `json:"type"` // "partial"
	Text string `json:"text"`
}

// heardMessage is what was heard, and what it means.
type heardMessage struct {
	Type     string             `json:"type"` // "heard"
	Text     string             `json:"text"`
	Commands []checkout.Command `json:"commands"`
	Names    chineseNames       `json:"names,omitempty"`
}

// replyMessage is the till's answer.
type replyMessage struct {
	Type string `json:"type"` // "reply"
	ID   string `json:"id,omitempty"`
	replyBody
}

type replyBody struct {
	Say     string            `json:"say"`
	Hint    string            `json:"hint,omitempty"`
	Audio   string            `json:"audio,omitempty"` // address of the spoken text
	Sound   checkout.Sound    `json:"sound,omitempty"`
	Lang    string            `json:"lang"`
	Cart    checkout.View     `json:"cart"`
	State   checkout.State    `json:"state"`
	Choices []checkout.Choice `json:"choices,omitempty"`
	Expect  []parser.Kind     `json:"expect"`
	Keypad  bool              `json:"keypad,omitempty"`

	TopUp *checkout.TopUpOffer `json:"topup,omitempty"`
	Names chineseNames         `json:"names,omitempty"`
}

// billMessage shows the frozen cart.
type billMessage struct {
	Type string `json:"type"` // "bill"
	payments.BillView
	Methods []payments.Method `json:"methods,omitempty"` // that it can be paid by, the default first
	Method  payments.Method   `json:"method,omitempty"`  // the chosen one
	Allowed bool              `json:"allowed,omitempty"` // confirm pays it without a proof, as the signed-in shopper has allowed
	Names   chineseNames      `json:"names,omitempty"`
}

// handoffMessage shows where the shopper finishes the payment.
type handoffMessage struct {
	Type    string `json:"type"` // "handoff"
	Bill    string `json:"bill"`
	Version int    `json:"version"`
	payments.Handoff
}

// confirmingMessage says that staff has to confirm the payment.
type confirmingMessage struct {
	Type    string `json:"type"` // "confirming"
	Bill    string `json:"bill"`
	Version int    `json:"version"`
	checkout.Confirming
}

// receiptMessage shows the receipt with the exit pass.
type receiptMessage struct {
	Type string `json:"type"` // "receipt"
	payments.ReceiptView
	Names chineseNames `json:"names,omitempty"`
}

// lostMessage says that audio was dropped.
type lostMessage struct {
	Type   string `json:"type"` // "lost"
	Frames int    `json:"frames"`
}

// errorMessage says what was wrong with a message, or what went wrong here.
type errorMessage struct {
	Type string `json:"type"` // "error"
	Code string `json:"code"`
	Text string `json:"text"`
	ID   string `json:"id,omitempty"`
}

func bodyOf(r checkout.Reply, audio string) replyBody {
	return replyBody{Say: r.Say, Hint: r.Hint, Audio: audio, Sound: r.Sound, Lang: r.Lang, Cart: r.Cart,
		State: r.State, Choices: r.Choices, Expect: r.Expect, Keypad: r.Keypad, TopUp: r.TopUp}
}

// Messages of /v1/recognize, as alphacep/vosk-server has them.

type configMessage struct {
	Config *recognizeConfig `json:"config"`
}

type recognizeConfig struct {
	SampleRate      json.Number `json:"sample_rate"` // clients write 16000, 16000.0 and "16000"
	PhraseList      *[]string   `json:"phrase_list"`
	Words           *boolish    `json:"words"`
	MaxAlternatives json.Number `json:"max_alternatives"`
}

// boolish is true, false, 1 or 0: clients of vosk-server write both.
type boolish bool

func (b *boolish) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true", "1":
		*b = true
	case "false", "0", "null":
		*b = false
	default:
		return json.Unmarshal(data, (*bool)(b))
	}
	return nil
}

type partialResult struct {
	Partial string `json:"partial"`
}

type finalResult struct {
	Result   []wordResult       `json:"result,omitempty"`
	Text     string             `json:"text"`
	Commands []checkout.Command `json:"commands,omitzero"`
}

type wordResult struct {
	Conf  *float64 `json:"conf,omitempty"`
	End   float64  `json:"end"`
	Start float64  `json:"start"`
	Word  string   `json:"word"`
}

type alternativesResult struct {
	Alternatives []alternativeResult `json:"alternatives"`
	Commands     []checkout.Command  `json:"commands,omitzero"`
}

type alternativeResult struct {
	Confidence float64      `json:"confidence"`
	Result     []wordResult `json:"result,omitempty"`
	Text       string       `json:"text"`
}
