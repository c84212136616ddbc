// Package accounts knows who someone is and how they prove it.
package accounts
