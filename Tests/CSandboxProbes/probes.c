#define _GNU_SOURCE
#include "CSandboxProbes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define RESULT(call) ((call) < 0 ? errno : 0)

int csp_open(const char *path) { return RESULT(open(path, O_RDONLY)); }
int csp_stat(const char *path) {
  struct stat info;
  return RESULT(stat(path, &info));
}
int csp_fork(void) {
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  return RESULT(pid);
}
int csp_exec(void) {
  char *const none[] = {NULL};
  return RESULT(execve("/bin/true", none, none));
}
int csp_socket(void) { return RESULT(socket(AF_INET, SOCK_STREAM, 0)); }
int csp_signal(pid_t pid) { return RESULT(kill(pid, 0)); }
int csp_thread_signal(pid_t pid) { return RESULT(syscall(SYS_tgkill, pid, pid, 0)); }
int csp_trace(pid_t pid) { return RESULT(ptrace(PTRACE_ATTACH, pid, NULL, NULL)); }
int csp_read_memory(pid_t pid) {
  char byte;
  struct iovec local = {&byte, 1}, remote = {&byte, 1};
  return RESULT(process_vm_readv(pid, &local, 1, &remote, 1, 0));
}
int csp_executable_memory(void) {
  const int rights = PROT_READ | PROT_WRITE | PROT_EXEC;
  return mmap(NULL, 4096, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}
int csp_io_uring(void) {
  char parameters[128] = {0};
  return RESULT(syscall(SYS_io_uring_setup, 1, parameters));
}
