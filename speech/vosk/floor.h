#ifndef VOICETILL_FLOOR_H
#define VOICETILL_FLOOR_H

// kaldi::MatrixBase<float> (matrix/kaldi-matrix.h): rows lie stride numbers apart.
struct voicetill_matrix {
	float *data;
	int columns, rows, stride;
	int unused;
};

// Whether matrices are raised without the library.
int voicetill_floors_directly(void);

// The library's own Floor.
void voicetill_library_floor(struct voicetill_matrix *to, const struct voicetill_matrix *from, float least);

// kaldi::MatrixBase<float>::Floor(const MatrixBase<float> &, float) is found
// before the library's, by the rules of ELF: it sets each number to the larger of
// from's and least. to and from have the same shape and may be the same.
void _ZN5kaldi10MatrixBaseIfE5FloorERKS1_f(struct voicetill_matrix *to, const struct voicetill_matrix *from,
                                           float least);

#endif
