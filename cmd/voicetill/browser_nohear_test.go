//go:build !vosk

package main

// canHear says whether this build has the recogniser.
const canHear = false
