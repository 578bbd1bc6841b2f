import Glibc
import Scanning

/// Ctrl-C and its relatives end a run in order; a second one ends it at once.
enum Interruption {
    static let stop = StopFlag()

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    static func install() {
        // Made now: a signal handler may not allocate.
        _ = stop
        // A reader that goes away is an error of write(), not a signal.
        signal(SIGPIPE, SIG_IGN)
        var action = sigaction()
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        action.__sigaction_handler.sa_handler = { _ in Interruption.stop.request() }
        var handled = sigset_t()
        sigemptyset(&handled)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var before = sigaction()
            sigaction(number, nil, &before)
            // nohup wants the run to go on when the terminal closes.
            if number == SIGHUP, isIgnored(before) { continue }
            sigaction(number, &action, nil)
            sigaddset(&handled, number)
        }
        // Some starters block signals for all that they start.
        sigprocmask(SIG_UNBLOCK, &handled, nil)
    }
}
