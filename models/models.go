// Package models embeds the data the till speaks from: grammars, replies and
// the demo shop. The acoustic model is fetched, not embedded.
package models

import "embed"

// FS holds LANG/grammar.txt, LANG/replies.json, demo/*.csv, manifest.json and, for
// benchmarks, bench/names.csv, a shop of brands that the recogniser does not
// know, and bench/absent.txt, such brands that it does not sell.
//
//go:embed en zh demo bench manifest.json
var FS embed.FS
