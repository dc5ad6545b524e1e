/*
 * ask - questions to the running publisher, through STATE/control.sock.
 */
#ifndef COMMAND_ASK_H
#define COMMAND_ASK_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "process/channel.h"

#define ASK_NO_SERVER (-1) /* nobody listens */
#define ASK_FAILED    (-2) /* somebody may, but we cannot reach them */

/* Connects. Returns a descriptor that the caller closes, or one of the above with a sentence. */
int ask_open(const char *state, struct error *err);

/* Asks and waits for the answer, which is appended to out. False with the reason: what the
 * publisher refuses, or that it did not answer in 10 seconds. */
bool ask(
    int fd, enum channel_kind question, const char *payload, struct buffer *out, struct error *err);

#endif
