// Package web holds the pages: the shopper's, the kiosk's, the merchant's, the
// gate's and the receipt's, bundled from the TypeScript sources beside it by
// build.sh.
package web

import "embed"

// FS holds dist/index.html (the shopper's page), dist/kiosk.html,
// dist/merchant.html, dist/gate.html, dist/receipt.html, and all that they load
// in dist/assets, which is served under /assets/.
//
//go:embed dist
var FS embed.FS
