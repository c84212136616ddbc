package server

import (
	"errors"
	"fmt"

	"voicetill/checkout"
	"voicetill/payments/money"
)

// fieldError is an error of the table about one field of what was sent.
type fieldError struct {
	field string
	err   error
}

func (e *fieldError) Error() string { return e.err.Error() }
func (e *fieldError) Unwrap() error { return e.err }

// inField says which field err is about; nil stays nil.
func inField(field string, err error) error {
	if err == nil {
		return nil
	}
	return &fieldError{field, err}
}

// fieldOf names the field that an error is about, as it is sent, or is "".
func fieldOf(err error) string {
	var f *fieldError
	var rule *checkout.CheckRuleError
	switch {
	case errors.As(err, &f):
		return f.field
	case errors.As(err, &rule):
		return rule.Field
	}
	return ""
}

// amountIn reads an amount of at least so many minor units out of a field; what
// is not one is refused with err.
func amountIn(field, text string, c money.Currency, least int64, err error) (money.Amount, error) {
	a, bad := money.Parse(text, c)
	if bad == nil && a.Minor < least {
		bad = fmt.Errorf("%s is too little", a)
	}
	if bad != nil {
		return a, inField(field, errors.Join(err, bad))
	}
	return a, nil
}
