import Glibc
import Scanning

/// Ctrl-C and its relatives end a run in order; a second one ends it at once.
enum Interruption {
    static let stop = StopFlag()

    static func install() {
        // A reader that goes away is an error of write(), not a signal.
        signal(SIGPIPE, SIG_IGN)
        var action = sigaction()
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        action.__sigaction_handler.sa_handler = { _ in Interruption.stop.request() }
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaction(number, &action, nil) }
    }
}
