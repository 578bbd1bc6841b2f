/// Starting a worker, handing it descriptors, and taking rights away from it.
/// Linux only. Every function returns 0 or a value >= 0, or -errno.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The descriptor on which a worker finds its socket.
#define CS_CHANNEL 3
/// Descriptors that one message may carry.
#define CS_MAX_DESCRIPTORS 32

// -- The parent's side -----------------------------------------------------

/// Starts `path` with CS_CHANNEL as one end of a socket pair, the standard
/// streams on /dev/null, nothing else inherited. Returns the pid; `channel`
/// is the parent's end. `arguments` and `environment` end with NULL.
pid_t cs_spawn(const char *path, char *const arguments[], char *const environment[], int *channel);
/// Kills the process if it still runs and reaps it. Returns the wait status.
int cs_reap(pid_t pid, int kill_first);
/// The signal that a wait status names, or 0.
int cs_status_signal(int status);
/// The exit code that a wait status names, or -1.
int cs_status_exit_code(int status);

/// A new file in memory that can be sealed, or -errno.
int cs_memory_file(void);
/// Nobody can change the memory file any more, whoever holds it.
int cs_seal(int file);

/// Sends `count` bytes, up to CS_MAX_DESCRIPTORS descriptors with the first of them.
int cs_send(int channel, const void *bytes, size_t count, const int *fds, size_t fd_count);
/// Waits until `channel` is readable. 1 yes, 0 timed out.
int cs_wait_readable(int channel, int milliseconds);

// -- The worker's side -----------------------------------------------------

/// Receives up to `capacity` bytes and the descriptors that came with them; `fds` has room for CS_MAX_DESCRIPTORS.
/// Returns the count of bytes, 0 when the parent is gone.
ssize_t cs_receive(int channel, void *bytes, size_t capacity, int *fds, size_t *fd_count);

/// Lets go of what only loading the libraries needed of them; what is needed again comes back from the page cache.
void cs_drop_loaded_pages(void);
/// What is freed stays with the process, up to 64 MiB: the next item's buffers then are no page faults.
void cs_keep_freed_memory(void);
int cs_no_new_privileges(void);
/// Killed when the parent dies.
int cs_die_with_parent(void);
/// `memory`: bytes of address space that may be added to what is mapped now; 0 = no limit. `file_bytes`: how large a
/// file may become.
int cs_limit_resources(uint64_t memory, uint64_t open_files, uint64_t file_bytes);
/// The kernel's Landlock version, or -errno (-ENOSYS, -EOPNOTSUPP: none).
int cs_landlock_version(void);
/// Denies every file-system access, and TCP where the kernel can.
int cs_landlock_deny_all(void);
/// Only what a decoder needs on what it already has; everything else is EPERM.
int cs_seccomp_decoder(void);
