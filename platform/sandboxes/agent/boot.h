/* Fetching the listening socket from the host, once. */
#ifndef BOOT_H
#define BOOT_H

/* The listener, non-blocking. Does not return without one. */
int fetch_listener(const char *bootstrap_path);

#endif
