/* Reading and writing numbers and strings in frames; every read is bounded by what is left. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a payload. `ok` turns false at the first read that does not fit, and stays so; reads then give
 * zeros. */
struct fields {
    uint8_t *at;
    uint8_t *end;
    bool ok;
};

struct fields fields_of(uint8_t *payload, size_t length);
uint64_t take_number(struct fields *fields, unsigned size);
/* A pointer to the next `count` bytes, or NULL. */
uint8_t *take_bytes(struct fields *fields, size_t count);
/* A string behind a u16 length, moved one byte to the left, over its length, to make room for the zero that ends it.
 * NULL when it does not fit or has a zero inside. Valid as long as the payload is. */
char *take_string(struct fields *fields);
/* A count (u16) and that many strings as a NULL-terminated array of MAX_STRINGS + 1. */
void take_strings(struct fields *fields, char **strings);
/* A name behind a u8 length: 1 to MAX_NAME characters of [a-z0-9_-], capitals too if allowed. */
void take_name(struct fields *fields, char *name, bool capitals);
/* True when all was read and all of it fitted. */
bool fields_done(const struct fields *fields);

uint8_t *put_number(uint8_t *at, uint64_t number, unsigned size);
uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t count);

#endif
