#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CSandbox.h"

pid_t cs_spawn(const char *path, char *const arguments[], char *const environment[], int *channel) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) return -errno;
  // dup2 onto itself would keep CLOEXEC, so the child's end must not be CS_CHANNEL already.
  if (pair[1] == CS_CHANNEL) {
    const int moved = fcntl(pair[1], F_DUPFD_CLOEXEC, CS_CHANNEL + 1);
    if (moved < 0) {
      const int error = -errno;
      close(pair[0]);
      close(pair[1]);
      return error;
    }
    close(pair[1]);
    pair[1] = moved;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  // Codecs print whatever hostile files make them print.
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pair[1], CS_CHANNEL);
  // Whoever started us may have left descriptors open that are none of the worker's business.
  posix_spawn_file_actions_addclosefrom_np(&actions, CS_CHANNEL + 1);
  // Ctrl-C is the parent's to handle; a worker goes when its channel closes.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults, none;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  pid_t pid;
  const int error = posix_spawn(&pid, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(pair[1]);
  if (error) {
    close(pair[0]);
    return -error;
  }
  *channel = pair[0];
  return pid;
}

int cs_reap(pid_t pid, int kill_first) {
  int status = 0;
  if (kill_first) kill(pid, SIGKILL);
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return status;
}

int cs_status_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
int cs_status_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

int cs_memory_file(void) {
  const int file = memfd_create("ansim-member", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return file < 0 ? -errno : file;
}

int cs_seal(int file) {
  // Fails while somebody has it mapped for writing.
  return fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) ? -errno : 0;
}

typedef union descriptors {
  char bytes[CMSG_SPACE(CS_MAX_DESCRIPTORS * sizeof(int))];
  struct cmsghdr align;
} descriptors;

int cs_send(int channel, const void *bytes, size_t count, const int *fds, size_t fd_count) {
  if (fd_count > CS_MAX_DESCRIPTORS) return -EINVAL;
  const char *from = bytes;
  while (count > 0) {
    struct iovec io = {(void *)from, count};
    struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1};
    descriptors control = {0};
    if (fd_count > 0) {
      message.msg_control = control.bytes;
      message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
      struct cmsghdr *header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
      memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
    }
    const ssize_t sent = sendmsg(channel, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    fd_count = 0;  // they travelled with the first bytes
    from += sent;
    count -= (size_t)sent;
  }
  return 0;
}

int cs_wait_readable(int channel, int milliseconds) {
  struct pollfd wanted = {.fd = channel, .events = POLLIN};
  const int ready = poll(&wanted, 1, milliseconds);
  return ready < 0 ? (errno == EINTR ? 0 : -errno) : ready;
}

ssize_t cs_receive(int channel, void *bytes, size_t capacity, int *fds, size_t *fd_count) {
  struct iovec io = {bytes, capacity};
  descriptors control = {0};
  struct msghdr message = {
      .msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t count;
  do count = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  *fd_count = 0;
  if (count < 0) return -errno;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    *fd_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), *fd_count * sizeof(int));
  }
  return count;
}
