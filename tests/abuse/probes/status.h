/* How probes say what happened: one line an attempt, "NAME ok" or "NAME ERRNO", for example "mount EPERM". */
#ifndef STATUS_H
#define STATUS_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

static inline void say(const char *name, long result)
{
    printf("%s %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno));
    fflush(stdout);
}

#endif
