#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSandbox.h"

int cs_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0; }
int cs_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ? -errno : 0; }

static int drop_unwritten_segments(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    // What was never writable holds the file's bytes, no relocations: nothing is lost with the pages.
    if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
    const uintptr_t start = (info->dlpi_addr + segment->p_vaddr + page - 1) / page * page;
    const uintptr_t end = (info->dlpi_addr + segment->p_vaddr + segment->p_filesz) / page * page;
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void cs_drop_loaded_pages(void) { dl_iterate_phdr(drop_unwritten_segments, NULL); }

void cs_keep_freed_memory(void) {
  // Where glibc would get to by itself, once blocks of 32 MiB were freed; until then every item's are given back.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

// Bytes of address space that are mapped now.
static uint64_t mapped_now(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file) return 0;
  if (fscanf(file, "%lu", &pages) != 1) pages = 0;
  fclose(file);
  return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

#if defined(__SANITIZE_ADDRESS__)
static const int has_address_sanitizer = 1;
#elif defined(__has_feature)
static const int has_address_sanitizer = __has_feature(address_sanitizer);
#else
static const int has_address_sanitizer = 0;
#endif

static int set_limit(int resource, uint64_t value) {
  struct rlimit limit;
  if (getrlimit((__rlimit_resource_t)resource, &limit)) return -errno;
  // A stricter one that is in force already stays.
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < value) value = limit.rlim_max;
  limit = (struct rlimit){.rlim_cur = value, .rlim_max = value};
  return setrlimit((__rlimit_resource_t)resource, &limit) ? -errno : 0;
}

int cs_limit_resources(uint64_t memory, uint64_t open_files, uint64_t file_bytes) {
  int error = set_limit(RLIMIT_CORE, 0);
  // AddressSanitizer maps terabytes.
  if (!error && memory && !has_address_sanitizer) error = set_limit(RLIMIT_AS, mapped_now() + memory);
  if (!error) error = set_limit(RLIMIT_NOFILE, open_files);
  if (!error) error = set_limit(RLIMIT_FSIZE, file_bytes);
  return error;
}

int cs_landlock_version(void) {
  const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? -errno : (int)version;
}

int cs_landlock_deny_all(void) {
  // Debian 12's header ends at version 2; the kernel's own structure goes on like this.
  struct {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
  } ruleset = {0};
  const int version = cs_landlock_version();
  if (version < 0) return version;
  // A right that is handled and that no rule allows is denied. Bits by version: 13, refer, truncate, ioctl.
  ruleset.handled_access_fs = version >= 5 ? 0xffff : version >= 3 ? 0x7fff : version == 2 ? 0x3fff : 0x1fff;
  size_t size = sizeof ruleset.handled_access_fs;
  if (version >= 4) {
    ruleset.handled_access_net = 3;  // TCP bind and connect
    size += sizeof ruleset.handled_access_net;
  }
  if (version >= 6) {
    ruleset.scoped = 3;  // abstract sockets and signals stay inside
    size += sizeof ruleset.scoped;
  }
  const int rules = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
  if (rules < 0) return -errno;
  const int error = syscall(SYS_landlock_restrict_self, rules, 0) ? -errno : 0;
  close(rules);
  return error;
}

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(name, error) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), RETURN(SECCOMP_RET_ERRNO | (error))
// Memory may be mapped or changed, but never to executable.
#define ALLOW_UNLESS_EXECUTABLE(name)                                                           \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4), FIELD(args[2]),                        \
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), RETURN(SECCOMP_RET_ERRNO | EPERM), \
      RETURN(SECCOMP_RET_ALLOW)

int cs_seccomp_decoder(void) {
  struct sock_filter code[] = {
    FIELD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    FIELD(nr),
    // Descriptors that it has or is handed.
    ALLOW(read),
    ALLOW(write),
    ALLOW(pread64),
    ALLOW(readv),
    ALLOW(writev),
    ALLOW(lseek),
    ALLOW(close),
    ALLOW(fstat),
    ALLOW(recvmsg),
    ALLOW(sendmsg),
    ALLOW(ppoll),
#if defined(SYS_poll)
    ALLOW(poll),
#endif
    // Memory.
    ALLOW(brk),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(madvise),
    ALLOW_UNLESS_EXECUTABLE(mmap),
    ALLOW_UNLESS_EXECUTABLE(mprotect),
    // Threads of this process (some decoders insist on one), time, signals, the end.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
    FIELD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_ERRNO | EPERM),
    REFUSE(clone3, ENOSYS),  // its flags can't be seen from here; glibc falls back to clone
    ALLOW(futex),
    ALLOW(rseq),
    ALLOW(set_robust_list),
    ALLOW(gettid),
    ALLOW(getpid),
    /* abort() of its own */
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
    FIELD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_ERRNO | EPERM),
    ALLOW(sched_yield),
    ALLOW(sched_getaffinity),
    ALLOW(clock_gettime),
    ALLOW(clock_nanosleep),
    ALLOW(nanosleep),
    ALLOW(gettimeofday),
    ALLOW(setitimer),
    ALLOW(getrusage),
    ALLOW(getrandom),
    ALLOW(rt_sigaction),
    ALLOW(rt_sigprocmask),
    ALLOW(rt_sigreturn),
    ALLOW(sigaltstack),
    ALLOW(restart_syscall),
    ALLOW(exit),
    ALLOW(exit_group),
    RETURN(SECCOMP_RET_ERRNO | EPERM),
  };
  const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  // A positive result is the thread that could not be brought under the filter.
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  return result < 0 ? -errno : result > 0 ? -EBUSY : 0;
}
