/// Where a frame stands in its video.
public struct FrameTime: Sendable, Hashable {
    /// In output order, from 0. Where frames are not decoded, as far as the container's times tell.
    public let number: Int
    /// Of its presentation, from the stream's start.
    public let milliseconds: Int64
    public let isKey: Bool

    public init(number: Int, milliseconds: Int64, isKey: Bool) {
        (self.number, self.milliseconds, self.isKey) = (number, milliseconds, isKey)
    }
}

/// A frame's pixels, valid during the call that hands them on.
public struct FramePixels {
    /// Pixels, at least 1.
    public let width: Int
    /// Pixels, at least 1.
    public let height: Int
    /// 1 luma, 3 RGB, 4 RGB and a byte that means nothing; one byte each.
    public let channels: Int
    public let pixels: UnsafePointer<UInt8>
    /// Bytes from one row to the next.
    public let stride: Int

    package init(width: Int, height: Int, channels: Int, pixels: UnsafePointer<UInt8>, stride: Int) {
        (self.width, self.height, self.channels) = (width, height, channels)
        (self.pixels, self.stride) = (pixels, stride)
    }
}

/// Takes a video's frames as they are decoded.
public protocol FrameSink {
    /// - Throws: what ends the decoding of this video.
    mutating func add(_ time: FrameTime, _ pixels: FramePixels) throws(DecodeError)
}

/// What was decoded, beside the frames.
public struct Video: Sendable, Hashable {
    /// Pixels of the first frame, as stored.
    public var width = 0
    /// Pixels of the first frame, as stored.
    public var height = 0
    /// When the last frame that is known of starts, in ms.
    public var duration: Int64 = 0
    /// Degrees clockwise by which a player turns the frames: 0, 90, 180 or 270. Frames are handed on as stored.
    public var rotation = 0
    /// libavformat's name.
    public var container = ""
    /// libavcodec's name.
    public var codec = ""
    /// How many were handed on.
    public var frames = 0
    /// How many the decoder gave.
    public var decodedFrames = 0
    /// What is wrong with the file, when only a part of the frames is real.
    public var damage: String?
    /// The limit at which decoding ended, after frames were handed on.
    public var limit: DecodeError?
    /// As vPDQ counts it: the mean that the container states.
    public var framesPerSecond = 0.0
    /// Whether the file has further streams of pictures.
    public var hasFurtherStreams = false

    /// Nothing yet.
    public init() {}

    /// vPDQ's distance between frames that it hashes.
    public func vpdqStep(secondsPerHash: Double) -> Int {
        vpdqFrameStep(secondsPerHash: secondsPerHash, framesPerSecond: framesPerSecond)
    }
}

/// Truncated, at least 1 (SPEC 2.2).
package func vpdqFrameStep(secondsPerHash: Double, framesPerSecond: Double) -> Int {
    let step = secondsPerHash * framesPerSecond
    return step.isFinite && step >= 1 ? Int(min(step, 1e15)) : 1
}
