/* Calls that no sandbox may make. Each is called with arguments that harm nobody even where it is allowed (bad magic, null
 * pointers, empty files), so that a privileged container can serve as the positive control. */
#include "status.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRY(name, ...) say(#name, syscall(SYS_##name, ##__VA_ARGS__))

/* In a child, since what succeeds changes the caller for good. */
#define IN_CHILD(name, call) \
    do { \
        fflush(stdout); \
        if (fork() == 0) { \
            say(name, call); \
            _exit(0); \
        } \
        wait_for_child(); \
    } while (0)

#include <sys/wait.h>
static void wait_for_child(void)
{
    while (wait(NULL) > 0) {
    }
}

static void namespaces(void)
{
    static const struct {
        const char *name;
        int flag;
    } kinds[] = {{"unshare-user", CLONE_NEWUSER}, {"unshare-mount", CLONE_NEWNS}, {"unshare-pid", CLONE_NEWPID},
                 {"unshare-net", CLONE_NEWNET},   {"unshare-uts", CLONE_NEWUTS},  {"unshare-ipc", CLONE_NEWIPC},
                 {"unshare-cgroup", CLONE_NEWCGROUP}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        IN_CHILD(kinds[i].name, syscall(SYS_unshare, kinds[i].flag));
    long pid = syscall(SYS_clone, CLONE_NEWUSER | 17 /* SIGCHLD */, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    say("clone-user", pid);
    TRY(setns, -1, 0); /* EBADF where it is allowed */
    TRY(clone3, 0, 0); /* EINVAL where it is allowed */
    wait_for_child();
}

static void mounts(void)
{
    TRY(mount, "none", "/nowhere", "tmpfs", 0, 0);
    TRY(umount2, "/nowhere", 0);
    TRY(pivot_root, "/nowhere", "/nowhere");
    IN_CHILD("chroot", syscall(SYS_chroot, "/nowhere"));
    TRY(open_tree, -1, "nowhere", 0);
    TRY(move_mount, -1, "nowhere", -1, "nowhere", 0);
    TRY(fsopen, "nofs", 0);
    TRY(fspick, -1, "nowhere", 0);
    TRY(fsconfig, -1, 0, 0, 0, 0);
    TRY(fsmount, -1, 0, 0);
    TRY(mount_setattr, -1, "nowhere", 0, 0, 0);
    TRY(name_to_handle_at, -1, "nowhere", 0, 0, 0);
    TRY(open_by_handle_at, -1, 0, 0);
    TRY(quotactl, 0, 0, 0, 0);
    TRY(swapon, 0, 0);
    TRY(swapoff, 0);
}

static void kernel(void)
{
    TRY(bpf, -1, 0, 0);
    TRY(perf_event_open, 0, 0, -1, -1, 0);
    TRY(userfaultfd, -1);
    TRY(io_uring_setup, 0, 0);
    TRY(io_uring_enter, -1, 0, 0, 0, 0, 0);
    TRY(io_uring_register, -1, 0, 0, 0);
    TRY(init_module, 0, 0, 0);
    TRY(finit_module, -1, 0, 0);
    TRY(delete_module, 0, 0);
    TRY(kexec_load, 0, 17, 0, 0);
    TRY(reboot, 0, 0, 0, 0); /* not the magic numbers: EINVAL where it is allowed */
    TRY(settimeofday, (void *)8, 0);
    TRY(clock_settime, 0, (void *)8);
    TRY(acct, "/nowhere");
    TRY(syslog, -1, 0, 0);
    TRY(sethostname, (void *)8, 4);
    TRY(setdomainname, (void *)8, 4);
}

static void others(void)
{
    TRY(add_key, 0, 0, 0, 0, 0);
    TRY(request_key, 0, 0, 0, 0);
    TRY(keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 0, 0, 0);
    TRY(ptrace, -1, 0, 0, 0);
    TRY(process_vm_readv, 0, 0, 0, 0, 0, 1);
    TRY(process_vm_writev, 0, 0, 0, 0, 0, 1);
    TRY(kcmp, getpid(), getpid(), 0, 0, 0);
    TRY(pidfd_getfd, -1, 0, 0);
    TRY(fanotify_init, 0xffffffff, 0);
    TRY(io_setup, 0, 0);
    TRY(mbind, 0, 0, -1, 0, 0, -1);
    TRY(personality, 0x0040000 /* ADDR_NO_RANDOMIZE */);
}

int main(void)
{
    namespaces();
    mounts();
    kernel();
    others();
    return 0;
}
