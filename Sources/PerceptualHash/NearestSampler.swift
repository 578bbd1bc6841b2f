/// What Meta's command line hashes (SPEC 1.2): the picture sampled to 512 x 512 by nearest
/// neighbour when a side is longer, else as it is; and whether every pixel of the
/// original is gray, because ImageMagick hands such a picture on as one channel.
struct NearestSampler {
    static let side = 512

    /// Of what is hashed, pixels.
    let width: Int
    let height: Int
    private(set) var pixels: [UInt8] = []
    private(set) var isGray = true

    private let sourceWidth: Int
    private let sourceHeight: Int
    private let channels: Int
    /// The source column of each output column.
    private let columns: [Int]
    private var sourceRow = 0

    init(width: Int, height: Int, layout: PixelLayout) {
        let samples = max(width, height) > Self.side
        (self.width, self.height) = samples ? (Self.side, Self.side) : (width, height)
        (sourceWidth, sourceHeight, channels) = (width, height, layout.channels)
        columns = (0..<self.width).map { samples ? $0 * width / Self.side : $0 }
        pixels.reserveCapacity(self.width * self.height * channels)
    }

    mutating func add(row: UnsafePointer<UInt8>) {
        if channels > 1, isGray {
            isGray = (0..<sourceWidth).allSatisfy { x in
                let pixel = row + channels * x
                return pixel[0] == pixel[1] && pixel[0] == pixel[2]
            }
        }
        // The outputs o with o * sourceHeight / height == sourceRow: none, one, or several.
        let first = (sourceRow * height + sourceHeight - 1) / sourceHeight
        let end = ((sourceRow + 1) * height + sourceHeight - 1) / sourceHeight
        for _ in first..<end {
            for column in columns {
                for channel in 0..<channels { pixels.append(row[column * channels + channel]) }
            }
        }
        sourceRow += 1
    }
}
