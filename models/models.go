// Package models embeds the data the till speaks from: grammars, replies and
// the demo shop. The acoustic model is fetched, not embedded.
package models

import "embed"

// FS holds LANG/grammar.txt, LANG/replies.json, demo/*.csv and manifest.json.
//
//go:embed en zh demo manifest.json
var FS embed.FS
