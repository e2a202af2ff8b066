#include "modes.h"

#include <stdio.h>
#include <string.h>

#include "protocol.h"

enum { GROUND, ESCAPE, CONTROL, STRING, STRING_ESCAPE };

/* DEC private modes that outlive a redraw, and what a reset terminal has. The alternate screen comes first, since
 * switching to it affects what the others mean to some terminals. */
static const struct {
    uint16_t number;
    uint8_t initially;
} known[] = {
    {1049, 0}, {1, 0},    {5, 0},    {6, 0},    {7, 1},    {25, 1},   {9, 0},    {1000, 0}, {1002, 0},
    {1003, 0}, {1004, 0}, {1005, 0}, {1006, 0}, {1007, 0}, {1015, 0}, {1016, 0}, {2004, 0}, {2026, 0},
};
enum { KNOWN = sizeof known / sizeof known[0], KEYPAD = KNOWN };

_Static_assert(KNOWN < 31, "one bit per mode and one for the keypad");
_Static_assert(KNOWN * 8 + 2 <= MAX_MODES, "all sequences fit");

void modes_reset(struct modes *modes)
{
    memset(modes, 0, sizeof *modes);
}

static void change(struct modes *modes, unsigned bit, int differs)
{
    modes->changed = differs ? modes->changed | 1u << bit : modes->changed & ~(1u << bit);
}

static void set_mode(struct modes *modes, uint16_t number, int on)
{
    if (number == 47 || number == 1047)
        number = 1049;
    for (unsigned i = 0; i < KNOWN; i++)
        if (known[i].number == number)
            change(modes, i, on != known[i].initially);
}

/* DECSTR resets some modes and leaves the screen and the mouse alone. */
static void soft_reset(struct modes *modes)
{
    static const uint16_t numbers[] = {1, 6};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        set_mode(modes, numbers[i], 0);
    set_mode(modes, 7, 1);
    set_mode(modes, 25, 1);
    change(modes, KEYPAD, 0);
}

static void finish_control(struct modes *modes, uint8_t final)
{
    if (modes->mark == '?' && (final == 'h' || final == 'l'))
        for (unsigned i = 0; i < modes->count; i++)
            set_mode(modes, modes->parameters[i], final == 'h');
    else if (modes->mark == '!' && final == 'p')
        soft_reset(modes);
    modes->state = GROUND;
}

static void follow_escape(struct modes *modes, uint8_t byte)
{
    modes->state = GROUND;
    if (byte == '[') {
        modes->state = CONTROL;
        modes->mark = 0;
        modes->count = 1;
        modes->parameters[0] = 0;
    } else if (byte == ']' || byte == 'P' || byte == '_' || byte == '^' || byte == 'X') {
        modes->state = STRING;
    } else if (byte == '=' || byte == '>') {
        change(modes, KEYPAD, byte == '=');
    } else if (byte == 'c') {
        modes->changed = 0;
    } else if (byte == 0x1b) {
        modes->state = ESCAPE;
    }
}

static void follow_control(struct modes *modes, uint8_t byte)
{
    uint16_t *last = &modes->parameters[modes->count - 1];
    if (byte >= '0' && byte <= '9') {
        *last = *last > 5999 ? 9999 : (uint16_t)(*last * 10 + (byte - '0'));
    } else if (byte == ';') {
        if (modes->count == MODES_PARAMETERS)
            modes->state = GROUND;
        else
            modes->parameters[modes->count++] = 0;
    } else if (byte >= 0x40 && byte <= 0x7e) {
        finish_control(modes, byte);
    } else if (byte == 0x1b) {
        modes->state = ESCAPE;
    } else if (byte == 0x18 || byte == 0x1a) {
        modes->state = GROUND;
    } else if (byte >= 0x20) {
        modes->mark = byte;
    }
}

static void follow_string(struct modes *modes, uint8_t byte)
{
    if (modes->state == STRING_ESCAPE && byte != '\\') {
        /* ESC ends a string whatever comes next, as terminals do. */
        follow_escape(modes, byte);
        return;
    }
    if (modes->state == STRING_ESCAPE || byte == 0x07 || byte == 0x18 || byte == 0x1a)
        modes->state = GROUND;
    else if (byte == 0x1b)
        modes->state = STRING_ESCAPE;
}

void modes_follow(struct modes *modes, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        switch (modes->state) {
        case GROUND: {
            const uint8_t *escape = memchr(bytes + i, 0x1b, count - i);
            if (escape == NULL)
                return;
            i = (size_t)(escape - bytes);
            modes->state = ESCAPE;
            break;
        }
        case ESCAPE:
            follow_escape(modes, bytes[i]);
            break;
        case CONTROL:
            follow_control(modes, bytes[i]);
            break;
        default:
            follow_string(modes, bytes[i]);
        }
    }
}

size_t modes_write(const struct modes *modes, char *text)
{
    size_t length = 0;
    for (unsigned i = 0; i < KNOWN; i++)
        if (modes->changed & 1u << i)
            length += (size_t)snprintf(text + length, MAX_MODES - length, "\033[?%u%c", known[i].number,
                                       known[i].initially ? 'l' : 'h');
    if (modes->changed & 1u << KEYPAD)
        length += (size_t)snprintf(text + length, MAX_MODES - length, "\033=");
    return length;
}
