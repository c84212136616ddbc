// Package synth speaks texts with the speech synthesisers that a machine has:
// shoppers for benchmarks and tests, of many kinds and the same at every run.
package synth

import (
	"os/exec"
	"strconv"
)

// Voice is one speaker.
type Voice struct {
	Name    string // "flite awb 1.0"; the same on every machine
	program string // path
	args    func(in, out string) []string
	stdin   bool // the text goes there
}

// Family is the program that speaks: flite, espeak-ng, festival or piper.
func (v Voice) Family() string {
	for i := range v.Name {
		if v.Name[i] == ' ' {
			return v.Name[:i]
		}
	}
	return v.Name
}

// The speakers by program, and what makes each a different person.
var (
	fliteVoices    = []string{"awb", "rms", "slt", "kal16"}
	fliteStretch   = []string{"1.0", "1.2"}
	espeakVoices   = []string{"en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc", "en-029"}
	espeakVariants = []string{"m3", "f2"}
	festVoices     = []string{"kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts"}
	festPlaces     = []string{"english", "english", "us"}
	piperLengths   = []string{"1.0", "1.2"}
)

// Find returns the voices of this machine in a fixed order. piperModel is a
// voice file (.onnx) for the program piper; "" does without.
func Find(piperModel string) []Voice {
	return find(piperModel, exec.LookPath, festivalHas)
}

func find(piperModel string, look func(program string) (string, error), festival func(text2wave, voice string) bool) []Voice {
	var list []Voice
	if path, err := look("flite"); err == nil {
		for _, stretch := range fliteStretch {
			for _, v := range fliteVoices {
				list = append(list, Voice{Name: "flite " + v + " " + stretch, program: path, args: func(in, out string) []string {
					return []string{"-voice", v, "--setf", "duration_stretch=" + stretch, "-f", in, "-o", out}
				}})
			}
		}
	}
	if path, err := look("espeak-ng"); err == nil {
		for i, v := range espeakVoices {
			for j, variant := range espeakVariants {
				words := strconv.Itoa(125 + 10*((i+2*j)%4)) // a minute
				list = append(list, Voice{Name: "espeak-ng " + v + "+" + variant + " " + words, program: path, args: func(in, out string) []string {
					return []string{"-v", v + "+" + variant, "-s", words, "-f", in, "-w", out}
				}})
			}
		}
	}
	if path, err := look("text2wave"); err == nil {
		for _, v := range festVoices {
			if festival(path, v) {
				list = append(list, Voice{Name: "festival " + v, program: path, args: func(in, out string) []string {
					return []string{"-eval", "(voice_" + v + ")", "-o", out, in}
				}})
			}
		}
	}
	if path, err := look("piper"); err == nil && piperModel != "" {
		for _, length := range piperLengths {
			list = append(list, Voice{Name: "piper " + length, program: path, stdin: true, args: func(_, out string) []string {
				return []string{"-m", piperModel, "--noise-scale", "0", "--noise-w-scale", "0", "--length-scale", length, "-f", out}
			}})
		}
	}
	return list
}
