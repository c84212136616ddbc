// Package payments freezes bills, settles them exactly once, and issues
// receipts and exit passes. It computes the whole change; the store writes it.
package payments
