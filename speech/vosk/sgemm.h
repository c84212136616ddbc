#ifndef VOICETILL_SGEMM_H
#define VOICETILL_SGEMM_H

// How many products were made without the library's own cblas_sgemm.
long voicetill_direct_products(void);

// Whether the processor has AVX2 and FMA; without them all products are the
// library's.
int voicetill_multiplies_directly(void);

// Whether it multiplies numbers of 16 bits too (bfloat_amd64.c).
int voicetill_has_bfloat(void);

// Turns that off or on, for tests, and says whether it can be on. Nothing may
// multiply meanwhile.
int voicetill_round_products(int on);

// How many inputs are multiplied at a time: 24 frames of them fit the first cache.
enum { most_depth = 320 };

// Writes inputs of up to 8 frames as x[input/2][frame][input%2], filled up with
// zeros to whole pairs and 8 frames.
void voicetill_pairs(int rows, int depth, const float *a, int lda, float *x);

// Adds alpha times the products of up to 24 frames with n outputs to c.
void voicetill_bfloat_panel(int rows, int n, int depth, const float *a, int lda, const float *b, int ldb, float alpha,
                            float *c, int ldc);

// The library's own cblas_sgemm.
void voicetill_library_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a,
                             int lda, const float *b, int ldb, float beta, float *c, int ldc);

// cblas_sgemm is found before the library's, by the rules of ELF.
void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc);

#endif
