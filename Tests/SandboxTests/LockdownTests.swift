import CSandbox
import CSandboxProbes
import Foundation
import Glibc
import Testing

/// What a worker can't do after its lockdown; each in a process of its own, with seccomp alone.
@Suite struct Lockdown {
    @Test func allowsMemoryAndArithmetic() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            let bytes = malloc(64 << 20)!
            memset(bytes, 1, 64 << 20)
            free(bytes)
            _exit(0)
        }
    }

    @Test func refusesToOpenOrLookAtFiles() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(csp_open("/etc/passwd") == EPERM && csp_stat("/etc/passwd") == EPERM ? 0 : 1)
        }
    }

    @Test func refusesSockets() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(csp_socket() == EPERM && csp_io_uring() == EPERM ? 0 : 1)
        }
    }

    @Test func refusesProcessesAndPrograms() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(csp_fork() == EPERM && csp_exec() == EPERM ? 0 : 1)
        }
    }

    @Test func refusesExecutableMemory() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(csp_executable_memory() == EPERM ? 0 : 1)
        }
    }

    @Test func keepsItsHandsOffOtherProcesses() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let other = getppid()
            guard csp_signal(other) == 0 else { _exit(2) }  // allowed before
            lockDown()
            let tries = [csp_signal(other), csp_thread_signal(other), csp_trace(other), csp_read_memory(other)]
            _exit(tries.allSatisfy { $0 == EPERM } ? 0 : 1)
        }
    }

    /// abort() has to work: a codec's own check must end in a record.
    @Test func mayEndItself() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            lockDown()
            abort()
        }
    }

    @Test func limitsMemory() async {
        await #expect(processExitsWith: .exitCode(0)) {
            guard cs_limit_resources(64 << 20, 16, 0) == 0 else { _exit(2) }
            // Not malloc: a compiler may take its success for granted.
            let pages = mmap(nil, 128 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            _exit(pages == MAP_FAILED && errno == ENOMEM ? 0 : 1)
        }
    }

    /// Landlock alone, as a second wall behind seccomp.
    @Test(.enabled(if: cs_landlock_version() > 0)) func closesTheFileSystemTwice() async {
        await #expect(processExitsWith: .exitCode(0)) {
            guard cs_no_new_privileges() == 0, cs_landlock_deny_all() == 0 else { _exit(2) }
            _exit(csp_open("/etc/passwd") == EACCES ? 0 : 1)
        }
    }
}

private func lockDown() {
    guard cs_no_new_privileges() == 0, cs_limit_resources(1 << 30, 64, 0) == 0, cs_seccomp_decoder() == 0 else {
        _exit(2)
    }
}
