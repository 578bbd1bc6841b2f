import Lockdown
import WorkerProtocol

/// Who takes an archive's members. Where nobody does any more, there is nothing left to do.
protocol MemberTaker: AnyObject {
    /// - Parameter now: whether it can't wait for the next messages.
    /// - Returns: false when nobody listens.
    func take(_ message: UnpackerMessage, now: Bool) -> Bool
    /// Empty memory files; nil when there will be none.
    func order() -> [Int32]?
}

/// `ansim`.
extension Channel: MemberTaker {
    func take(_ message: UnpackerMessage, now: Bool) -> Bool {
        now ? send(message.encoded) : post(message.encoded)
    }

    func order() -> [Int32]? {
        guard let (bytes, descriptors) = receive(UnpackerMessage.orderCount), Int(bytes[0]) == descriptors.count
        else { return nil }
        return descriptors
    }
}
