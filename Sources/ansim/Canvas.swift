/// Red, green, blue.
typealias Colour = (UInt8, UInt8, UInt8)

/// A white picture to draw on.
struct Canvas {
    let width: Int
    let height: Int
    private var pixels: [UInt8]

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [UInt8](repeating: 255, count: 3 * width * height)
    }

    private mutating func set(_ x: Int, _ y: Int, _ colour: Colour) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let at = 3 * (y * width + x)
        (pixels[at], pixels[at + 1], pixels[at + 2]) = colour
    }

    /// - Parameter box: outside of it nothing is drawn.
    mutating func line(
        _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ colour: Colour,
        within box: (x: ClosedRange<Double>, y: ClosedRange<Double>)? = nil
    ) {
        let length = max(abs(to.x - from.x), abs(to.y - from.y)).rounded(.up)
        // A transform may lead anywhere.
        guard length.isFinite, length < 100_000 else { return }
        for step in 0...Int(length) {
            let share = length == 0 ? 0 : Double(step) / length
            let (x, y) = (from.x + share * (to.x - from.x), from.y + share * (to.y - from.y))
            if let box, !box.x.contains(x) || !box.y.contains(y) { continue }
            set(Int(x.rounded()), Int(y.rounded()), colour)
        }
    }

    mutating func outline(
        _ corners: [(x: Double, y: Double)], _ colour: Colour,
        within box: (x: ClosedRange<Double>, y: ClosedRange<Double>)? = nil
    ) {
        for (from, to) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
            line(from, to, colour, within: box)
        }
    }

    mutating func dot(_ point: (x: Double, y: Double), _ colour: Colour) {
        for y in -1...1 { for x in -1...1 { set(Int(point.x) + x, Int(point.y) + y, colour) } }
    }

    /// As a PNG file whose data is not compressed (PNG 1.2; RFC 1950, 1951).
    var png: [UInt8] {
        let rowBytes = 3 * width
        var data: [UInt8] = []
        for y in 0..<height { data += [0] + pixels[y * rowBytes..<(y + 1) * rowBytes] }
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: data.count, by: 65535) {
            let part = data[start..<min(start + 65535, data.count)]
            let (low, high) = (UInt8(part.count & 255), UInt8(part.count >> 8))
            stream += [part.endIndex == data.count ? 1 : 0, low, high, ~low, ~high] + part
        }
        stream += Self.bigEndian(Self.adler32(data))
        let head = Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", head)
            + Self.chunk("IDAT", stream) + Self.chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return b << 16 | a
    }
}
