package main

import (
	"errors"
	"testing"
	"time"

	"voicetill/store"
)

func TestHowLongThingsAreKept(t *testing.T) {
	for text, want := range map[string]error{
		"heard=0s": nil, "heard=12h": nil, "deliveries=45d": nil, "gates=31d": nil, "unpaid=1d": nil, "counts=31d": nil,
		"deliveries=10d": store.ErrKeep, "sessions=1h": store.ErrKeep, "unpaid=1h": store.ErrKeep, "counts=30d": store.ErrKeep,
		"": errKeepFlag, "heard": errKeepFlag, "receipts=1d": errKeepFlag, "heard=-1h": errKeepFlag, "heard=-1d": errKeepFlag,
		"heard=d": errKeepFlag, "heard=1.5d": errKeepFlag, "gates=99999999d": errKeepFlag, "gates=soon": errKeepFlag,
	} {
		k := keepFlag{Keep: store.DefaultKeep}
		if err := k.Set(text); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", text, err, want)
		}
	}
	f, err := readServeFlags([]string{"--keep", "deliveries=45d", "--keep", "heard=12h"})
	if err != nil || f.keep.Deliveries != 45*24*time.Hour || f.keep.Heard != 12*time.Hour || f.keep.Checks != store.DefaultKeep.Checks {
		t.Errorf("got %+v, %v", f.keep, err)
	}
	if _, err := readServeFlags([]string{"--keep", "ledger=1d"}); err == nil {
		t.Error("books can be purged")
	}
}
