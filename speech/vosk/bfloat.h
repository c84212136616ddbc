#ifndef VOICETILL_BFLOAT_H
#define VOICETILL_BFLOAT_H

#include <stdint.h>

enum { outputs = 16 }; // multiplied at a time

// Writes the weights of up to 16 outputs as w[input/2][output][input%2], rounded
// and filled up with zeros to whole pairs and 16 outputs.
void voicetill_round_weights(int n, int depth, const float *b, int ldb, uint32_t *w);

// The weights of n outputs so written, 16 outputs after the other, or NULL where
// they are not (yet) known to stay as they are. It is the process's to the end.
const uint32_t *voicetill_kept_weights(int n, int depth, const float *b, int ldb);

#endif
