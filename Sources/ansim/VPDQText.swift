import Glibc
import MediaModel

/// The lines of a vPDQ file (SPEC 2.2): `frame,quality,hash,timestamp`.
enum VPDQText {
    static func lines(_ facts: VideoFacts, _ frames: HashedFrames, secondsPerHash: Double) -> [String] {
        let step = max(1, Int(min(1e9, secondsPerHash * facts.framesPerSecond)))
        return frames.enumerated().map { i, frame in
            let number = i * step
            // Single precision, as the reference counts; not the time of presentation.
            let seconds = Float(number) / Float(facts.framesPerSecond)
            let feature = frame.time.feature
            return "\(number),\(feature.quality.rawValue),\(feature.hash),\(decimal(seconds))"
        }
    }

    /// Three places, as C prints them.
    private static func decimal(_ value: Float) -> String {
        guard value.isFinite else { return "0.000" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            withVaList([Double(value)]) { _ = vsnprintf(text.baseAddress!, text.count, "%.3f", $0) }
            return String(cString: text.baseAddress!)
        }
    }
}
