import CSandbox
import Foundation
import Glibc
import Testing

/// What a worker can't do after its lockdown; each in a process of its own.
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

    @Test func refusesToOpenFiles() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(open("/etc/passwd", O_RDONLY) == -1 && errno == EPERM ? 0 : 1)
        }
    }

    @Test func refusesSockets() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) == -1 && errno == EPERM ? 0 : 1)
        }
    }

    @Test func refusesProcesses() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            var pid = pid_t()
            let status = posix_spawn(&pid, "/bin/true", nil, nil, [nil], environ)
            _exit(status != 0 ? 0 : 1)
        }
    }

    @Test func refusesExecutableMemory() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            let page = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            _exit(page == MAP_FAILED && errno == EPERM ? 0 : 1)
        }
    }

    @Test func refusesSignalsToOthers() async {
        await #expect(processExitsWith: .exitCode(0)) {
            lockDown()
            _exit(kill(getppid(), 0) == -1 && errno == EPERM ? 0 : 1)
        }
    }

    @Test func limitsMemory() async {
        await #expect(processExitsWith: .exitCode(0)) {
            guard cs_limit_resources(64 << 20, 16) == 0 else { _exit(2) }
            // Not malloc: a compiler may take its success for granted.
            let pages = mmap(nil, 128 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            _exit(pages == MAP_FAILED && errno == ENOMEM ? 0 : 1)
        }
    }

    /// Landlock alone, as a second wall behind seccomp.
    @Test(.enabled(if: cs_landlock_version() > 0)) func closesTheFileSystemTwice() async {
        await #expect(processExitsWith: .exitCode(0)) {
            guard cs_no_new_privileges() == 0, cs_landlock_deny_all() == 0 else { _exit(2) }
            _exit(open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES ? 0 : 1)
        }
    }
}

private func lockDown() {
    guard cs_no_new_privileges() == 0, cs_limit_resources(1 << 30, 64) == 0, cs_seccomp_decoder() == 0 else { _exit(2) }
}
