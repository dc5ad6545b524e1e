/*
 * ask - questions to the running publisher, through STATE/control.sock.
 */
#ifndef COMMAND_ASK_H
#define COMMAND_ASK_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "ipc/channel.h"
#include "ipc/verb.h"

#define ASK_NO_SERVER (-1) /* nobody listens */
#define ASK_FAILED    (-2) /* somebody may, but we cannot reach them */

/* Connects. Returns a descriptor that the caller closes, or one of the above with a sentence. */
int ask_open(const char *state, struct error *err);

/* Asks and waits for the answer, which is appended to out. False with the reason: what the
 * publisher refuses, or that it did not answer in time. */
bool ask(
    int fd, enum channel_kind question, const char *payload, struct buffer *out, struct error *err);

/* The same with a verb, and the bytes of a file beside it. */
bool ask_verb(int fd, const struct verb *verb, const void *bytes, size_t len, struct buffer *out,
    struct error *err);

#endif
