/* Which terminal modes a stream of output has set: just enough to put a reset terminal back into them after a gap. */
#ifndef MODES_H
#define MODES_H

#include <stddef.h>
#include <stdint.h>

enum { MODES_PARAMETERS = 16 };

struct modes {
    uint32_t changed; /* One bit per known mode, set when it differs from a reset terminal. */
    uint8_t state;
    uint8_t mark; /* What followed "CSI": '?', '!' or 0. */
    uint8_t count;
    uint16_t parameters[MODES_PARAMETERS];
};

void modes_reset(struct modes *modes);
void modes_follow(struct modes *modes, const uint8_t *bytes, size_t count);
/* Write the sequences into `text`, which has room for MAX_MODES; their length. */
size_t modes_write(const struct modes *modes, char *text);

#endif
