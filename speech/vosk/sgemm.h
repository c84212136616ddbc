#ifndef VOICETILL_SGEMM_H
#define VOICETILL_SGEMM_H

// How many products were made without the library's own cblas_sgemm.
long voicetill_direct_products(void);

// Whether the processor has AVX2 and FMA; without them all products are the
// library's.
int voicetill_multiplies_directly(void);

// The library's own cblas_sgemm.
void voicetill_library_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a,
                             int lda, const float *b, int ldb, float beta, float *c, int ldc);

// cblas_sgemm is found before the library's, by the rules of ELF.
void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc);

#endif
