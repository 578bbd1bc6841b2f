/// What a worker that was taken over would try; each returns 0 when it succeeds, else the errno.
#pragma once
#include <sys/types.h>

int csp_open(const char *path);
int csp_stat(const char *path);
int csp_fork(void);
int csp_exec(void);
int csp_socket(void);
int csp_signal(pid_t pid);
int csp_thread_signal(pid_t pid);
int csp_trace(pid_t pid);
int csp_read_memory(pid_t pid);
int csp_executable_memory(void);
int csp_io_uring(void);
