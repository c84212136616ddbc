#!/bin/sh
# Bundles src into dist, or into the folder named as the only argument. The
# same sources always give the same bytes.
set -eu
cd "$(dirname "$0")"
out=${1:-dist}
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
rm -rf "$out"
mkdir -p "$out/assets"
go tool esbuild src/shop.tsx src/merchant.tsx src/gate.tsx src/receipt.tsx src/receipts.tsx src/worklet.ts src/barcode.ts src/styles/style.css \
  --bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=none \
  --jsx=automatic --jsx-import-source=preact --outdir="$out/assets" --entry-names=[name] --log-level=warning
cp src/pages/*.html "$out/"
cp src/pages/*.svg src/pages/*.png src/pages/*.webmanifest "$out/assets/"
cat node_modules/preact/LICENSE node_modules/@preact/signals/LICENSE node_modules/qr/LICENSE-MIT node_modules/@zxing/library/LICENSE node_modules/ts-custom-error/LICENSE src/pages/qrcode-generator.licence \
  > "$out/assets/licences.txt"

# The service worker changes whenever anything that it keeps does, and the pages
# name the build whose parts they need.
build=$(cd "$out" && cat index.html kiosk.html assets/shop.js assets/style.css assets/worklet.js assets/icon.svg assets/voicetill.webmanifest | sha256sum | cut -c1-16)
for page in index kiosk; do sed -i "s#/assets/\(shop.js\|style.css\)#&?$build#" "$out/$page.html"; done
go tool esbuild src/sw.ts --bundle --minify --format=esm --target=es2022 --charset=utf8 "--define:BUILD=\"$build\"" --outfile="$out/assets/sw.js" --log-level=warning
