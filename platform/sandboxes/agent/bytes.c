#include "bytes.h"

#include <string.h>

#include "protocol.h"

struct fields fields_of(uint8_t *payload, size_t length)
{
    return (struct fields){.at = payload, .end = payload + length, .ok = true};
}

uint8_t *take_bytes(struct fields *fields, size_t count)
{
    if (!fields->ok || (size_t)(fields->end - fields->at) < count) {
        fields->ok = false;
        return NULL;
    }
    uint8_t *start = fields->at;
    fields->at += count;
    return start;
}

uint64_t take_number(struct fields *fields, unsigned size)
{
    const uint8_t *bytes = take_bytes(fields, size);
    uint64_t number = 0;
    for (unsigned i = 0; bytes != NULL && i < size; i++)
        number = number << 8 | bytes[i];
    return number;
}

char *take_string(struct fields *fields)
{
    size_t length = take_number(fields, 2);
    uint8_t *bytes = take_bytes(fields, length);
    if (bytes == NULL || memchr(bytes, 0, length) != NULL) {
        fields->ok = false;
        return NULL;
    }
    uint8_t *string = bytes - 1;
    memmove(string, bytes, length);
    string[length] = 0;
    return (char *)string;
}

void take_strings(struct fields *fields, char **strings)
{
    size_t count = take_number(fields, 2);
    if (count > MAX_STRINGS)
        fields->ok = false;
    size_t taken = 0;
    while (fields->ok && taken < count)
        strings[taken++] = take_string(fields);
    strings[fields->ok ? taken : 0] = NULL;
}

void take_name(struct fields *fields, char *name, bool capitals)
{
    size_t length = take_number(fields, 1);
    const uint8_t *bytes = take_bytes(fields, length);
    name[0] = 0;
    if (bytes == NULL || length < 1 || length > MAX_NAME) {
        fields->ok = false;
        return;
    }
    for (size_t i = 0; i < length; i++) {
        char c = (char)bytes[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                    (capitals && c >= 'A' && c <= 'Z');
        if (!fine)
            fields->ok = false;
    }
    memcpy(name, bytes, length);
    name[length] = 0;
}

bool fields_done(const struct fields *fields)
{
    return fields->ok && fields->at == fields->end;
}

uint8_t *put_number(uint8_t *at, uint64_t number, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (uint8_t)(number >> 8 * (size - 1 - i));
    return at + size;
}

uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t count)
{
    memcpy(at, bytes, count);
    return at + count;
}
