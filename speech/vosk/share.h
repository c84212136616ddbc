#ifndef VOICETILL_SHARE_H
#define VOICETILL_SHARE_H

// Whether the library composes by a function that can be found before its own.
int voicetill_shares(void);

// What this thread composes until the next voicetill_composed is a copy of graph,
// or of a new one where that is NULL.
void voicetill_compose(void *graph);

// The graph that the copies are of, NULL where nothing was composed. Who asks
// owns it.
void *voicetill_composed(void);

// Gives the graph back. Its copies stay.
void voicetill_drop_graph(void *graph);

#endif
