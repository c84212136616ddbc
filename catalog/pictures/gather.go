package pictures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"voicetill/catalog"
)

const (
	patience = 20 * time.Second // for all that is fetched
	fetchers = 4                // at a time
)

// Gather makes the pictures that the column "picture" of items names: files, by
// their path in it (nil: there are none), and https addresses, which get fetches
// (nil: none are). What an item of before has from the same source is kept and
// not made again. It returns the items with the hashes of their pictures, the
// new pictures, and a fault for each that could not be had; such an item has
// none. Faults name the item by its number.
func Gather(ctx context.Context, before, items []catalog.Item, files fs.FS, get Getter) ([]catalog.Item, []catalog.Picture, []catalog.PictureFault) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	known := map[string]string{}
	for _, it := range before {
		if it.Shown != "" {
			known[it.Picture] = it.Shown
		}
	}
	sources := newSources(items, files, known)
	made := sources.make(ctx, files, get)
	list := append([]catalog.Item(nil), items...)
	var pictures []catalog.Picture
	var faults []catalog.PictureFault
	have := map[string]bool{}
	for i, it := range list {
		m, tried := made[it.Picture]
		switch {
		case it.Picture == "":
		case !tried:
			list[i].Shown = known[it.Picture]
		case m.err != nil:
			faults = append(faults, catalog.PictureFault{Number: it.Number, Value: it.Picture, Reason: m.err.Error()})
		default:
			list[i].Shown = m.picture.Hash
			if !have[m.picture.Hash] {
				have[m.picture.Hash] = true
				pictures = append(pictures, m.picture)
			}
		}
	}
	return list, pictures, faults
}

type made struct {
	picture catalog.Picture
	err     error
}

// sources are the different ones that must be looked into.
type sources []string

func newSources(items []catalog.Item, files fs.FS, known map[string]string) sources {
	var list sources
	seen := map[string]bool{"": true}
	for _, it := range items {
		if seen[it.Picture] {
			continue
		}
		seen[it.Picture] = true
		// A file that is there again may have changed; an address is its content.
		if _, had := known[it.Picture]; !had || isFile(it.Picture) && exists(files, it.Picture) {
			list = append(list, it.Picture)
		}
	}
	return list
}

func isFile(source string) bool { return !strings.Contains(source, "://") }

func exists(files fs.FS, name string) bool {
	if files == nil || !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(files, name)
	return err == nil
}

func (list sources) make(ctx context.Context, files fs.FS, get Getter) map[string]made {
	results := make(map[string]made, len(list))
	var mu sync.Mutex
	var wg sync.WaitGroup
	work := make(chan string)
	for range fetchers {
		wg.Go(func() {
			for source := range work {
				m := makeFrom(ctx, source, files, get)
				mu.Lock()
				results[source] = m
				mu.Unlock()
			}
		})
	}
	for _, source := range list {
		work <- source
	}
	close(work)
	wg.Wait()
	return results
}

func makeFrom(ctx context.Context, source string, files fs.FS, get Getter) (m made) {
	var data []byte
	switch {
	case isFile(source):
		data, m.err = readFile(files, source)
	case !strings.HasPrefix(source, "https://") || get == nil:
		m.err = ErrAddress
	case ctx.Err() != nil:
		m.err = ErrTooSlow
	default:
		if data, m.err = get(ctx, source); m.err != nil && ctx.Err() != nil {
			m.err = ErrTooSlow
		}
	}
	if m.err == nil {
		m.picture, m.err = Make(data)
	}
	return m
}

func readFile(files fs.FS, name string) ([]byte, error) {
	if !exists(files, name) {
		return nil, ErrNoFile
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, ErrNoFile
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, errors.Join(ErrNoPicture, fmt.Errorf("read %s: %w", name, err))
	}
	return data, nil
}
