import CSandbox
import ContentDigest
import Glibc
package import WorkerProtocol

/// What OpenSSL wants to open, it opens now: its providers.
package func prepareDigests() { _ = sha256(UnsafeRawBufferPointer(start: nil, count: 0)) }

/// Gives up every right: no new privileges, no files, no network, no processes, bounded memory.
///
/// - Parameters:
///   - memory: bytes that may be allocated from now on.
///   - fileBytes: how large memory files that it is handed may become; no other file can be written.
///   - isSandboxed: false when the user insists on a system that lacks what the sandbox needs: then without Landlock
///     and seccomp.
package func lockDown(memory: UInt64, fileBytes: UInt64 = 0, isSandboxed: Bool) -> WorkerHello {
    func said(_ what: String, _ status: Int32) -> String { "\(what): \(String(cString: strerror(-status)))" }

    var failure: String?
    // The descriptors: 0-2, the channel, the items of a batch, and what Landlock needs for a moment.
    let steps: [(String, () -> Int32)] = [
        ("no new privileges", cs_no_new_privileges), ("die with the parent", cs_die_with_parent),
        ("resource limits", { cs_limit_resources(memory, UInt64(CS_MAX_DESCRIPTORS) + 8, fileBytes) }),
    ]
    for (what, step) in steps where failure == nil {
        let status = step()
        if status != 0 { failure = said(what, status) }
    }
    guard isSandboxed else { return WorkerHello(landlockVersion: 0, failure: failure) }
    let landlockVersion = cs_landlock_version()
    if landlockVersion > 0, failure == nil {
        let status = cs_landlock_deny_all()
        if status != 0 { failure = said("Landlock", status) }
    }
    if failure == nil {
        // Last, because it forbids the others. Landlock may be missing, seccomp not.
        let status = cs_seccomp_decoder()
        if status != 0 { failure = said("seccomp", status) }
    }
    return WorkerHello(landlockVersion: max(0, Int(landlockVersion)), failure: failure)
}

/// The kernel ends the process (SIGPROF) when it has used so much CPU time from now on; 0 takes the limit away. For
/// decoders that can't be asked to look at the clock.
package func limitProcessorTime(seconds: Int) {
    var timer = itimerval()
    timer.it_value.tv_sec = seconds
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
}
