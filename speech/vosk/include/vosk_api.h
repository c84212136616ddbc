/* The C functions of libvosk 0.3.45 that the Go binding
 * github.com/alphacep/vosk-api/go v0.3.50 calls, declared from that binding and
 * the symbols of the library. `make` puts this file on the compiler's path. */
#ifndef VOICETILL_VOSK_API_H
#define VOICETILL_VOSK_API_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct VoskModel VoskModel;
typedef struct VoskSpkModel VoskSpkModel;
typedef struct VoskRecognizer VoskRecognizer;

/* Models: NULL if the folder cannot be read. */
VoskModel *vosk_model_new(const char *model_path);
void vosk_model_free(VoskModel *model);
/* The word's symbol, or -1 if the model does not know it. */
int vosk_model_find_word(VoskModel *model, const char *word);
VoskSpkModel *vosk_spk_model_new(const char *model_path);
void vosk_spk_model_free(VoskSpkModel *model);

/* Recognisers. sample_rate in hertz; grammar is a JSON array of phrases. */
VoskRecognizer *vosk_recognizer_new(VoskModel *model, float sample_rate);
VoskRecognizer *vosk_recognizer_new_spk(VoskModel *model, float sample_rate, VoskSpkModel *spk_model);
VoskRecognizer *vosk_recognizer_new_grm(VoskModel *model, float sample_rate, const char *grammar);
void vosk_recognizer_free(VoskRecognizer *recognizer);
void vosk_recognizer_set_spk_model(VoskRecognizer *recognizer, VoskSpkModel *spk_model);
/* Only between utterances: throws a C++ exception while one is running. */
void vosk_recognizer_set_grm(VoskRecognizer *recognizer, const char *grammar);
void vosk_recognizer_set_max_alternatives(VoskRecognizer *recognizer, int max_alternatives);
void vosk_recognizer_set_words(VoskRecognizer *recognizer, int words);
void vosk_recognizer_set_partial_words(VoskRecognizer *recognizer, int partial_words);

/* data is s16le mono, length in bytes. 1: an utterance ended; 0: it goes on;
 * -1: an exception was caught. */
int vosk_recognizer_accept_waveform(VoskRecognizer *recognizer, const char *data, int length);

/* JSON owned by the recogniser, good until its next call. */
const char *vosk_recognizer_result(VoskRecognizer *recognizer);
const char *vosk_recognizer_partial_result(VoskRecognizer *recognizer);
const char *vosk_recognizer_final_result(VoskRecognizer *recognizer);
void vosk_recognizer_reset(VoskRecognizer *recognizer);

/* 0: default, above: more, below: less. Process-wide. */
void vosk_set_log_level(int log_level);
void vosk_gpu_init(void);
void vosk_gpu_thread_init(void);

#ifdef __cplusplus
}
#endif
#endif
