package server

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
)

// leftBody is what of a sale can still be given back.
type leftBody struct {
	payments.ReceiptView
	At      time.Time     `json:"at"`
	Left    string        `json:"left"`
	Lines   []leftLine    `json:"lines_left"`
	Refunds []refundShort `json:"refunds"` // done or under way
}

type leftLine struct {
	Line     int    `json:"line"`
	Quantity string `json:"quantity"`
}

type refundShort struct {
	No     int64  `json:"no"` // 0: under way
	Total  string `json:"total"`
	Reason string `json:"reason,omitempty"`
}

// receiptNo reads the path's receipt number.
func receiptNo(r *http.Request) (int64, error) {
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 64)
	if err != nil || no < 1 {
		return 0, payments.ErrNoReceipt
	}
	return no, nil
}

// getRefundable is GET /v1/merchant/receipts/{no}/refund: what is left.
func (s *Server) getRefundable(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	no, err := receiptNo(r)
	if err != nil {
		return err
	}
	f, err := s.Cashier.Refundable(r.Context(), merchant, no)
	if err != nil {
		return err
	}
	body := leftBody{ReceiptView: f.Receipt.View(), At: f.Receipt.Paid, Left: f.Left().Decimal(), Lines: []leftLine{}, Refunds: []refundShort{}}
	for _, l := range f.LinesLeft() {
		body.Lines = append(body.Lines, leftLine{l.Line, catalog.Qty(l.Milli).String()})
	}
	for _, e := range f.Earlier {
		body.Refunds = append(body.Refunds, refundShort{e.No, e.Total.Decimal(), e.Reason})
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// refundAsk is the body of a refund: lines, an amount, or neither for all.
type refundAsk struct {
	Key     string     `json:"key"`
	Lines   []leftLine `json:"lines"` // quantity "": all that is left
	Amount  string     `json:"amount"`
	Reason  string     `json:"reason"`
	Restock bool       `json:"restock"`
	ByHand  bool       `json:"by_hand"`
}

func (in refundAsk) ask(c money.Currency) (payments.RefundAsk, error) {
	ask := payments.RefundAsk{Key: in.Key, Restock: in.Restock, Reason: in.Reason, ByHand: in.ByHand}
	if in.Amount != "" {
		amount, err := money.Parse(in.Amount, c)
		if err != nil {
			return ask, errors.Join(payments.ErrRefundAsk, err)
		}
		ask.Amount = amount
	}
	if in.Lines != nil && len(in.Lines) == 0 && in.Amount == "" { // nothing was chosen, which is not all
		return ask, inField("lines", payments.ErrRefundAsk)
	}
	for _, l := range in.Lines {
		milli := catalog.Qty(0)
		if l.Quantity != "" {
			var err error
			if milli, err = catalog.ParseQty(l.Quantity); err != nil || milli <= 0 {
				return ask, errors.Join(payments.ErrRefundAsk, err)
			}
		}
		ask.Lines = append(ask.Lines, payments.RefundLine{Line: l.Line, Milli: int64(milli)})
	}
	return ask, nil
}

type refundBody struct {
	payments.ReceiptView
	At time.Time `json:"at"`
}

// refundReceipt is POST /v1/merchant/receipts/{no}/refund: 201 with the
// refund's receipt, also for the same key again; 202 while it is under way.
func (s *Server) refundReceipt(w http.ResponseWriter, r *http.Request) error {
	merchant, err := s.merchant(r)
	if err != nil {
		return err
	}
	no, err := receiptNo(r)
	if err != nil {
		return err
	}
	var in refundAsk
	if err := readBody(w, r, &in); err != nil {
		return err
	}
	sale, err := s.Cashier.Refundable(r.Context(), merchant, no)
	if err != nil {
		return err
	}
	ask, err := in.ask(sale.Receipt.Currency)
	if err != nil {
		return err
	}
	receipt, err := s.Cashier.Refund(r.Context(), merchant, no, ask)
	if errors.Is(err, payments.ErrRefundPending) {
		s.log.Warn("a refund is under way", "receipt", no, "err", err)
		writeJSON(w, http.StatusAccepted, map[string]bool{"pending": true})
		return nil
	}
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, refundBody{receipt.View(), receipt.Paid})
	return nil
}
