package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"voicetill/store"
)

var errKeepFlag = errors.New("--keep reads name=time, such as deliveries=90d or heard=12h")

// keepFlag is how long things are kept that are no books, changed by name.
type keepFlag struct{ store.Keep }

func (k *keepFlag) register(fs *flag.FlagSet) {
	k.Keep = store.DefaultKeep
	fs.Func("keep", "how long a `name=time` is kept, "+k.String()+"; may be repeated", k.Set)
}

func (k *keepFlag) times() map[string]*time.Duration {
	return map[string]*time.Duration{"heard": &k.Heard, "sessions": &k.Sessions, "unused": &k.Unused, "deliveries": &k.Deliveries,
		"checks": &k.Checks, "gates": &k.Gates, "calls": &k.Calls, "unpaid": &k.Unpaid, "counts": &k.Counts}
}

// String lists all of them in days.
func (k *keepFlag) String() string {
	var list []string
	for name, d := range k.times() {
		list = append(list, fmt.Sprintf("%s=%gd", name, d.Hours()/24))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// Set is part of flag.Value.
func (k *keepFlag) Set(text string) error {
	name, value, _ := strings.Cut(text, "=")
	into, ok := k.times()[name]
	if !ok {
		return fmt.Errorf("%w; names are %s", errKeepFlag, k)
	}
	d, err := time.ParseDuration(value)
	if days, isDays := strings.CutSuffix(value, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
		if n > 36500 {
			err = errKeepFlag
		}
	}
	if err != nil || d < 0 {
		return errKeepFlag
	}
	*into = d
	return k.Check()
}
