"""What learners type to be believed without doing it: to their shell, their loader, their files, and to our tools."""

from __future__ import annotations

from typing import NamedTuple

WORD = "boya"
SOURCE_ALWAYS = """
#include <unistd.h>
unsigned la_version(unsigned version) { return version; }
__attribute__((constructor)) static void end(void) { _exit(0); }
"""


class Tampering(NamedTuple):
    """What a learner types, and whether it fools a careless grader. What does not was refused by the sandbox."""

    line: str
    fools: bool = True


def _profile(line: str) -> str:
    """Put a line into what login shells read."""
    return f"echo '{line}' >> ~/.profile"


FAKE = r"mkdir -p ~/bin; printf '#!/bin/sh\nexit 0\n' | tee ~/bin/{grep,cat,sh,stat,head} >/dev/null; chmod +x ~/bin/*;"
# Of the shell that a learner logs in with.
SHELL = {
    "path": FAKE + _profile("PATH=~/bin:$PATH"),
    "alias": _profile("shopt -s expand_aliases; alias grep=true"),
    "function": _profile("grep() { return 0; }; export -f grep"),
    "hash": FAKE + _profile("hash -p ~/bin/grep grep"),
    "BASH_ENV": "echo 'grep() { :; }' > ~/env; " + _profile("export BASH_ENV=~/env ENV=~/env; . ~/env"),
    "exit": _profile("exit 0"),
    "exec": _profile("exec true"),
    "exec of a script": FAKE + _profile("exec ~/bin/grep"),
    "decoy folder": f"mkdir ~/decoy; echo {WORD} > ~/decoy/note.txt; " + _profile("cd ~/decoy"),
    "decoy home": f"mkdir ~/decoy; echo {WORD} > ~/decoy/note.txt; " + _profile("export HOME=~/decoy; cd"),
    "bash_profile": "echo 'exit 0' > ~/.bash_profile",
    "bash_login": "echo 'exit 0' > ~/.bash_login",
    "trap of the end": _profile('trap "exit 0" EXIT'),
    "trap of errors": _profile('trap "exit 0" ERR'),
    "trap before commands": _profile('trap "exit 0" DEBUG'),
    "nothing is run": _profile("set -n"),
    "nothing is found": _profile("command_not_found_handle() { return 0; }; PATH=/nowhere"),
    "builtin": _profile("enable -f ~/always.so grep"),
    "killed by itself": _profile('trap "exit 0" TERM; kill $$'),
    "patient exit": _profile("exec sleep 0.2"),
    "interpreter": _profile('exec perl -e "exit 0"'),
    "lines read before": _profile("exec bash -c true < /dev/null"),
}
# Of the loader that starts every program of the image.
LOADER = {
    "LD_PRELOAD": _profile("export LD_PRELOAD=~/always.so"),
    "LD_PRELOAD by name": "mkdir ~/lib; cp ~/always.so ~/lib/; "
    + _profile("export LD_LIBRARY_PATH=~/lib LD_PRELOAD=always.so"),
    "LD_AUDIT": _profile("export LD_AUDIT=$HOME/always.so"),
}
# Of the file that is looked at.
FILES = {
    "own command line": "ln -s /proc/self/cmdline ~/note.txt",
    "own command line by its thread": "ln -s /proc/thread-self/cmdline ~/note.txt",
    "own command line far away": "ln -s /proc/self /tmp/a; ln -s /tmp/a/cmdline /tmp/b; ln -s /tmp/b ~/note.txt",
    "environment": "ln -s /proc/self/environ ~/note.txt; " + _profile(f"export THE_WORD={WORD}"),
}
# What the sandbox refuses: other people's files, our tools, mounts, namespaces, devices, our processes.
REFUSED = {
    "ld.so.preload": "echo ~/always.so > /etc/ld.so.preload",
    "replaced program": FAKE + "cp ~/bin/grep /usr/bin/grep; mount --bind ~/bin /usr/bin",
    "replaced tools": FAKE + "cp ~/bin/sh /.muelle/bin/busybox; mv /.muelle /tmp",
    "system files": "echo PATH=/tmp >> /etc/environment; echo 'learner:x:0:0::/:' >> /etc/passwd",
    "mounted over": f"echo {WORD} > /tmp/w; touch ~/x; mount --bind /tmp/w ~/x",
    "own namespace": FAKE + "unshare -Urm sh -c 'mount --bind ~/bin /usr/bin; sleep 60' >/dev/null 2>&1 &",
    "other root": "unshare -Ur chroot ~ /bin/true",
    "ld.so.cache": "cp ~/always.so /lib/x86_64-linux-gnu/libc.so.6; ldconfig; echo ~ > /etc/ld.so.conf.d/a.conf",
    "agent's memory": "printf x > /proc/1/mem; dd if=/dev/zero of=/proc/1/mem bs=1 count=8",
    "agent's root": "ls /proc/1/root/ /proc/1/fd/ && echo x > /proc/1/fd/3",
    "agent stopped": "kill -STOP 1; kill -9 1; kill -TERM 1",
    "binary formats": "echo ':x:E::grep::/home/learner/always.so:' > /proc/sys/fs/binfmt_misc/register",
    "core pattern": "echo '|/home/learner/bin/sh' > /proc/sys/kernel/core_pattern",
    "device": "mknod ~/sda b 8 0; mknod ~/mem c 1 1; dd if=/dev/mem of=~/x count=1",
    "global profile": "echo 'exit 0' | tee -a /etc/profile /etc/bash.bashrc /etc/profile.d/a.sh",
    "hosts and names": "echo '127.0.0.1 all' >> /etc/hosts; echo 'hosts: files' > /etc/nsswitch.conf",
    "setuid": "cp /bin/bash ~/root; chown 0:0 ~/root; chmod 6755 ~/root; ~/root -p -c 'echo x > /usr/bin/grep'",
    "another agent": "/.muelle/bin/agent >/dev/null 2>&1 & rm -rf /.muelle/boot /run/muelle; mkdir -p /.muelle/boot",
}
TAMPERINGS = {
    **{name: Tampering(line) for name, line in {**SHELL, **LOADER, **FILES}.items()},
    **{name: Tampering(line, fools=False) for name, line in REFUSED.items()},
}
