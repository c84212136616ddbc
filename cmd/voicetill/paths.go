package main

import (
	"os"
	"path/filepath"
)

// modelPlace is where make puts the English model, seen from the project's
// folder, or from the folder above the binary's.
const modelPlace = "models/vosk/model-en"

// modelDir is the acoustic model's folder for a till that was given none by
// flag: VOICETILL_MODEL, else the first that exists of bin/../models/vosk/model-en
// beside the binary and the same below the working folder or one above it. If
// there is none, it is the first place looked at, for the error to name.
func modelDir() string {
	if dir := os.Getenv("VOICETILL_MODEL"); dir != "" {
		return dir
	}
	places := modelPlaces()
	for _, dir := range places {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return places[0]
}

// dictionaryFile is the pronunciation dictionary: VOICETILL_DICTIONARY, else the
// one that make put beside the default model.
func dictionaryFile() string {
	if name := os.Getenv("VOICETILL_DICTIONARY"); name != "" {
		return name
	}
	return filepath.Join(filepath.Dir(modelDir()), "cmudict", "cmudict.dict")
}

// modelPlaces is never empty.
func modelPlaces() []string {
	var places []string
	if binary, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(binary); err == nil {
			binary = real
		}
		places = append(places, filepath.Join(filepath.Dir(binary), "..", modelPlace))
	}
	dir, err := os.Getwd()
	if err != nil {
		return append(places, modelPlace)
	}
	for {
		places = append(places, filepath.Join(dir, modelPlace))
		above := filepath.Dir(dir)
		if above == dir {
			return places
		}
		dir = above
	}
}
