package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"

	"voicetill/accounts"
	"voicetill/checkout"
	"voicetill/payments"
	"voicetill/speech"

	"github.com/gorilla/websocket"
)

// What clients do wrong, each with its own reaction.
var (
	errNotJSON      = errors.New("the message is not JSON")
	errUnknownType  = errors.New("the message type is unknown")
	errUnknownDo    = errors.New("the command is unknown")
	errBadMessage   = errors.New("the message does not have the fields of its type")
	errOddAudio     = errors.New("audio of 16 bits has an even number of bytes")
	errTooLong      = errors.New("the message is longer than 64 KiB")
	errTooMany      = errors.New("too many messages at once")
	errConnections  = errors.New("too many connections from one address")
	errRate         = errors.New("the sample rate is not between 8000 and 48000 Hz")
	errLanguage     = errors.New("the till speaks English (en) and Chinese (zh), not that language: it goes on in the language of the welcome")
	errPhrases      = errors.New("the phrase list is too long")
	errNoWords      = errors.New("no phrase of the list can be heard")
	errConfig       = errors.New("the config is not understood")
	errNoSpeech     = errors.New("this till hears nothing: it was started for typed input")
	errSignIn       = errors.New("signing in is needed")
	errNotYours     = errors.New("this belongs to another merchant")
	errCrossSite    = errors.New("another site may not do this")
	errNotFound     = errors.New("there is no such thing here")
	errMethod       = errors.New("the address does not have that method: its header Allow names those that it has")
	errTooBig       = errors.New("the upload is too big")
	errStock        = errors.New("the stock is not a decimal number with at most three decimals")
	errTopUp        = errors.New("paying in needs a shopper's account, an amount above zero in the place's currency, and a key of 1 to 100 bytes")
	errOwnTopUp     = errors.New("a payment into a balance needs a key, an amount in the place's currency, and a proof")
	errDraining     = errors.New("the till is shutting down")
	errNoWAV        = errors.New("the recording is not a WAV file")
	errVoiceless    = errors.New("this till has no voice")
	errNotSaid      = errors.New("the till has not said that")
	errUnacceptable = errors.New("the request is not understood")
	errLeftOut      = errors.New("nothing was changed: what is to be set is not named")
	errTime         = errors.New("a time is written as 2026-11-27T08:00:00Z")
	errSpan         = errors.New("a report is of 92 days at most, and its end comes after its beginning")
	errItemRaced    = errors.New("the item was changed elsewhere meanwhile: look at it again")
	errNoReason     = errors.New("letting somebody out by hand takes a reason")

	errRegistration    = errors.New("accounts are made at the desk here: please ask the staff")
	errRegisteredOften = errors.New("too many accounts were made from here within an hour: please ask the staff")
	// ErrNoPlace says that no place has the id.
	ErrNoPlace = errors.New("no such place")
	// ErrNoCall says that there is no such open call for staff.
	ErrNoCall = errors.New("no such call for staff")
	// ErrNoCheck says that a basket does not wait for staff.
	ErrNoCheck = errors.New("no such check is waiting")
)

// fault is how an error is served: over HTTP, when it ends a WebSocket, and in
// words for the person at the screen.
type fault struct {
	err    error
	code   string
	status int
	close  int
	text   string // "": the error's own
}

// faults is the one table of errors.
var faults = []fault{
	{errNotJSON, "not_json", 400, websocket.CloseInvalidFramePayloadData, ""},
	{errUnknownType, "unknown_type", 400, websocket.CloseInvalidFramePayloadData, ""},
	{errUnknownDo, "unknown_command", 400, websocket.CloseInvalidFramePayloadData, ""},
	{errBadMessage, "bad_message", 400, websocket.CloseInvalidFramePayloadData, ""},
	{checkout.ErrQuantity, "bad_quantity", 400, websocket.CloseInvalidFramePayloadData, checkout.ErrQuantity.Error()},
	{errOddAudio, "odd_audio", 400, websocket.CloseInvalidFramePayloadData, ""},
	{errTooLong, "too_long", 413, websocket.CloseMessageTooBig, ""},
	{errTooMany, "too_many", 429, websocket.CloseTryAgainLater, "That was too much at once. Your basket is safe."},
	{errConnections, "too_many_connections", 429, websocket.CloseTryAgainLater, ""},
	{errRate, "bad_rate", 400, websocket.ClosePolicyViolation, ""},
	{errLanguage, "unknown_language", 400, websocket.ClosePolicyViolation, ""},
	{errPhrases, "too_many_phrases", 400, websocket.ClosePolicyViolation, ""},
	{errNoWords, "unknown_words", 400, websocket.ClosePolicyViolation, ""},
	{errConfig, "bad_config", 400, websocket.ClosePolicyViolation, ""},
	{errNoSpeech, "no_speech", 501, websocket.ClosePolicyViolation, "I cannot hear here. Please type."},
	{errSignIn, "sign_in", 401, websocket.ClosePolicyViolation, ""},
	{errNotYours, "not_yours", 403, websocket.ClosePolicyViolation, ""},
	{errCrossSite, "cross_site", 403, websocket.ClosePolicyViolation, ""},
	{errNotFound, "not_found", 404, websocket.ClosePolicyViolation, ""},
	{errMethod, "wrong_method", 405, websocket.ClosePolicyViolation, ""},
	{errTooBig, "too_big", 413, websocket.CloseMessageTooBig, ""},
	{errNoWAV, "no_wav", 400, websocket.ClosePolicyViolation, ""},
	{checkout.ErrNotTaught, "not_taught", 422, websocket.ClosePolicyViolation, ""},
	{checkout.ErrTaughtOther, "sounds_like_another", 422, websocket.ClosePolicyViolation, ""},
	{errStock, "bad_stock", 400, websocket.ClosePolicyViolation, ""},
	{errDraining, "draining", 503, websocket.CloseGoingAway, "The till restarts. Your basket is safe."},
	{errVoiceless, "no_voice", 501, websocket.ClosePolicyViolation, ""},
	{errNotSaid, "not_said", 404, websocket.ClosePolicyViolation, ""},
	{errUnacceptable, "bad_request", 400, websocket.ClosePolicyViolation, ""},
	{errLeftOut, "left_out", 400, websocket.ClosePolicyViolation, ""},
	{errNoMail, "no_mail", 501, websocket.ClosePolicyViolation, ""},
	{errNoPaper, "no_paper", 409, websocket.ClosePolicyViolation, ""},
	{ErrAddressLink, "address_link", 404, websocket.ClosePolicyViolation, ""},
	{ErrSentOften, "sent_often", 429, websocket.ClosePolicyViolation, ""},
	{payments.ErrZone, "bad_zone", 400, websocket.ClosePolicyViolation, ""},
	{ErrPrinting, "bad_printing", 400, websocket.ClosePolicyViolation, ""},
	{errTime, "bad_time", 400, websocket.ClosePolicyViolation, ""},
	{errSpan, "bad_span", 400, websocket.ClosePolicyViolation, ""},
	{errItemRaced, "busy", 409, websocket.CloseTryAgainLater, ""},
	{ErrSetUp, "set_up", 403, websocket.ClosePolicyViolation, ""},
	{ErrPlaceTaken, "place_taken", 409, websocket.ClosePolicyViolation, ""},
	{ErrAccountTaken, "account_taken", 409, websocket.ClosePolicyViolation, ""},
	{errShopName, "bad_shop", 400, websocket.ClosePolicyViolation, ""},
	{errCurrency, "bad_currency", 400, websocket.ClosePolicyViolation, ""},
	{errEmail, "bad_email", 400, websocket.ClosePolicyViolation, ""},
	{errShortSecret, "short_password", 400, websocket.ClosePolicyViolation, ""},
	{accounts.ErrSecretLength, "short_password", 400, websocket.ClosePolicyViolation, ""},
	{errName, "bad_name", 400, websocket.ClosePolicyViolation, ""},
	{errRegistration, "no_registration", 403, websocket.ClosePolicyViolation, ""},
	{errRegisteredOften, "registered_often", 429, websocket.ClosePolicyViolation, ""},
	{errNoSample, "not_found", 404, websocket.ClosePolicyViolation, ""},
	{errNoReason, "no_reason", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrPassUsed, "pass_used", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrPassCancelled, "pass_cancelled", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrReissues, "too_many_passes", 429, websocket.ClosePolicyViolation, ""},
	{payments.ErrOtherGates, "other_gates", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrGateName, "gate_name", 400, websocket.ClosePolicyViolation, ""},
	{ErrNoPlace, "no_place", 404, websocket.ClosePolicyViolation, ""},
	{ErrNoCall, "no_call", 404, websocket.ClosePolicyViolation, ""},
	{ErrNoPicture, "no_picture", 404, websocket.ClosePolicyViolation, ""},
	{ErrNoMove, "no_move", 404, websocket.ClosePolicyViolation, ""},
	{errNotMovable, "not_movable", 409, websocket.ClosePolicyViolation, ""},
	{ErrNoCheck, "no_check", 404, websocket.ClosePolicyViolation, ""},
	{checkout.ErrCheckRule, "check_rule", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrVisit, "bad_visit", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoVisit, "no_visit", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrVisitOther, "visit_other", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoTariff, "no_tariff", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrTariff, "bad_tariff", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrPlan, "bad_plan", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrMandate, "bad_mandate", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrPlate, "bad_plate", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrPlateTaken, "plate_taken", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoMandate, "no_mandate", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrConfirmRule, "confirm_rule", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoConfirmation, "no_confirmation", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrDecided, "decided", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrConfirmVoid, "confirmation_void", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrConfirmLate, "confirmation_late", 409, websocket.ClosePolicyViolation, ""},
	{checkout.ErrNoSession, "no_session", 404, websocket.ClosePolicyViolation, "That basket is over. Here is a new one."},
	{checkout.ErrStale, "busy", 409, websocket.CloseTryAgainLater, "The basket is being changed elsewhere. Try again."},
	{accounts.ErrWrongProof, "wrong_password", 401, websocket.ClosePolicyViolation, ""},
	{accounts.ErrChecking, "busy", 409, websocket.CloseTryAgainLater, ""},
	{accounts.ErrTryOver, "slow", 503, websocket.CloseTryAgainLater, ""},
	{accounts.ErrNoToken, "no_token", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoReceipt, "no_receipt", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrRefundAsk, "bad_refund", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrRefundKey, "key_used", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrRefundTooMuch, "too_much", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrRefundRaced, "busy", 409, websocket.CloseTryAgainLater, ""},
	{payments.ErrNoRefund, "refund_refused", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrLate, "payment_late", 409, websocket.CloseTryAgainLater, "That payment came too late and is given back. Please pay again."},
	{payments.ErrNoMethod, "no_method", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrBillPending, "payment_pending", 409, websocket.CloseTryAgainLater, "This payment is under way. Wait a moment."},
	{payments.ErrNotOffered, "not_offered", 422, websocket.ClosePolicyViolation, ""},
	{errTopUp, "bad_topup", 400, websocket.ClosePolicyViolation, ""},
	{errOwnTopUp, "bad_topup", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrTopUpKey, "bad_topup", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrTopUpAmount, "topup_amount", 422, websocket.ClosePolicyViolation, ""},
	{payments.ErrCeiling, "topup_ceiling", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoCharge, "declined", 402, websocket.ClosePolicyViolation, "The payment was declined. Nothing was charged."},
	{payments.ErrBillVoid, "bill_void", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrBillExpired, "bill_expired", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrOtherTopUp, "other_topup", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrPayout, "bad_payout", 422, websocket.ClosePolicyViolation, ""},
	{payments.ErrOtherPayout, "other_payout", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoProvider, "no_provider", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrCompany, "bad_company", 400, websocket.ClosePolicyViolation, ""},
	{payments.ErrMonthRuns, "month_runs", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrOtherAmount, "bad_payment", 422, websocket.ClosePolicyViolation, ""},
	{payments.ErrBillKey, "other_payment", 409, websocket.ClosePolicyViolation, ""},
	{payments.ErrNoCompany, "no_company", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrNothingBilled, "no_bill", 404, websocket.ClosePolicyViolation, ""},
	{accounts.ErrNoAccount, "no_account", 404, websocket.ClosePolicyViolation, ""},
	{payments.ErrNotBindable, "not_bindable", 422, websocket.ClosePolicyViolation, ""},
	{payments.ErrNotBound, "not_bound", 404, websocket.ClosePolicyViolation, ""},
	{speech.ErrOddLength, "odd_audio", 400, websocket.CloseInvalidFramePayloadData, ""},
	{checkout.ErrFull, "full", 507, websocket.CloseTryAgainLater, "The till cannot keep anything just now. Your basket is safe. Please tell the staff."},
	{payments.ErrNoBooks, "no_books", 503, websocket.CloseTryAgainLater, "The till cannot reach its books just now. Your basket is safe. Try again in a moment."},
	{context.DeadlineExceeded, "slow", 503, websocket.CloseTryAgainLater, "That took too long. Your basket is safe."},
}

var somethingWrong = fault{nil, "internal", 500, websocket.CloseInternalServerErr, "Something went wrong here. Your basket is safe."}

// faultOf finds how an error is served; known is false for one that is to be
// logged: of the till's own, or of its database.
func faultOf(err error) (f fault, known bool) {
	var locked *accounts.LockedError
	if errors.As(err, &locked) {
		return fault{err, "locked", 429, websocket.ClosePolicyViolation, err.Error()}, true
	}
	for _, f := range faults {
		if errors.Is(err, f.err) {
			if f.text == "" {
				f.text = err.Error()
			}
			return f, f.err != payments.ErrNoBooks
		}
	}
	return somethingWrong, false
}

// messageOf is the error as a message of the conversation.
func messageOf(f fault, id string) errorMessage {
	return errorMessage{Type: "error", Code: f.code, Text: f.text, ID: id}
}

type errorBody struct {
	Error struct {
		Code  string `json:"code"`
		Text  string `json:"text"`
		Field string `json:"field,omitempty"` // of what was sent, that is wrong
	} `json:"error"`
}

// serveError answers a request that failed.
func (s *Server) serveError(w http.ResponseWriter, r *http.Request, err error) {
	f, _ := faultOf(err)
	writeJSON(w, f.status, s.errorOf(r, err))
}

// errorOf is what is told about a request that failed; where it is the till's
// fault, the error is logged, under the route and not the address, which may be a
// pass or a receipt's.
func (s *Server) errorOf(r *http.Request, err error) errorBody {
	f, known := faultOf(err)
	if !known && r.Context().Err() == nil { // else the client has gone, and it is its doing
		s.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("route", r.Pattern), slog.Any("err", err))
	}
	var body errorBody
	body.Error.Code, body.Error.Text, body.Error.Field = f.code, f.text, fieldOf(err)
	return body
}

// writeJSON sends v. The connection's own errors have no one to be told to.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if v != nil {
		_ = json.NewEncoder(w).Encode(v)
	}
}

// handler is an http.HandlerFunc that may fail.
type handler func(http.ResponseWriter, *http.Request) error

func (s *Server) route(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				s.serveError(w, r, panicked(s.log, p))
			}
		}()
		if !isText(r) {
			s.serveError(w, r, errUnacceptable)
			return
		}
		if err := h(w, r); err != nil && !errors.Is(err, errUpgraded) {
			s.serveError(w, r, err)
		}
	})
}

// errPanicked is served like any error of ours.
var errPanicked = errors.New("a fault in the till")

// panicked logs a panic where it is stopped.
func panicked(log *slog.Logger, p any) error {
	log.Error("panic", "value", p, "stack", string(debug.Stack()))
	return errPanicked
}
