import Foundation

/// Baseline JPEG files with coefficients of chance: short codes and long ones, sixteen zeros and more, blocks that end
/// with their last place.
struct JPEGWriter {
    var width = 64
    var height = 48
    var isGray = false
    /// Blocks of luma to one of chroma.
    var across = 2
    var down = 2
    /// MCUs; 0 for none.
    var restartInterval = 0
    /// Coefficients of a block beside its mean, at most.
    var detail = 63

    private static let meanCounts: [UInt8] = [0, 0, 0, 0, 12] + [UInt8](repeating: 0, count: 12)
    /// One code of 2 bits, 8 of 5, 20 of 8, all others of 16.
    private static let otherCounts: [UInt8] = [0, 0, 1, 0, 0, 8, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 133]
    private static let otherSymbols: [UInt8] = {
        var symbols: [UInt8] = [0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0xF0, 0x21, 0x12]
        for zeros in 0..<16 {
            for size in 1...10 where !symbols.contains(UInt8(zeros << 4 | size)) {
                symbols.append(UInt8(zeros << 4 | size))
            }
        }
        return symbols
    }()
    private static let codes: [UInt8: (code: Int, bits: Int)] = {
        var codes: [UInt8: (code: Int, bits: Int)] = [:]
        var (code, index) = (0, 0)
        for bits in 1...16 {
            for _ in 0..<otherCounts[bits] {
                codes[otherSymbols[index]] = (code, bits)
                code += 1
                index += 1
            }
            code <<= 1
        }
        return codes
    }()

    func file(_ random: inout some RandomNumberGenerator) -> Data {
        let components = isGray ? 1 : 3
        var out: [UInt8] = [0xFF, 0xD8]
        func segment(_ marker: UInt8, _ content: [UInt8]) {
            let count = content.count + 2
            out += [0xFF, marker, UInt8(count >> 8), UInt8(count & 255)] + content
        }
        segment(0xDB, [0] + (0..<64).map { _ in UInt8.random(in: 1...3, using: &random) })
        var frame: [UInt8] = [8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)]
        frame.append(UInt8(components))
        for component in 1...components {
            let isLuma = component == 1 && !isGray
            frame += [UInt8(component), isLuma ? UInt8(across << 4 | down) : 0x11, 0]
        }
        segment(0xC0, frame)
        segment(0xC4, [0x00] + Self.meanCounts.dropFirst() + (0..<12))
        segment(0xC4, [0x10] + Self.otherCounts.dropFirst() + Self.otherSymbols)
        if restartInterval > 0 { segment(0xDD, [UInt8(restartInterval >> 8), UInt8(restartInterval & 255)]) }
        var scan = [UInt8(components)]
        for component in 1...components { scan += [UInt8(component), 0] }
        segment(0xDA, scan + [0, 63, 0])
        appendScan(to: &out, &random)
        return Data(out + [0xFF, 0xD9])
    }

    private func appendScan(to out: inout [UInt8], _ random: inout some RandomNumberGenerator) {
        let (across, down) = isGray ? (1, 1) : (across, down)
        let mcus = ((width + 8 * across - 1) / (8 * across)) * ((height + 8 * down - 1) / (8 * down))
        var bits = BitWriter()
        var means = [0, 0, 0]
        for mcu in 0..<mcus {
            if restartInterval > 0, mcu > 0, mcu % restartInterval == 0 {
                bits.flush()
                out += bits.bytes + [0xFF, 0xD0 + UInt8((mcu / restartInterval - 1) % 8)]
                (bits, means) = (BitWriter(), [0, 0, 0])
            }
            for _ in 0..<across * down { appendBlock(to: &bits, &means[0], &random) }
            if !isGray { for component in 1...2 { appendBlock(to: &bits, &means[component], &random) } }
        }
        bits.flush()
        out += bits.bytes
    }

    private func appendBlock(to bits: inout BitWriter, _ mean: inout Int, _ random: inout some RandomNumberGenerator) {
        let next = Int.random(in: -300...300, using: &random)
        let difference = next - mean
        mean = next
        let size = Self.size(difference)
        bits.append(size, 4)
        bits.append(Self.number(difference, size), size)

        let count = [0, 0, 1, 2, 5, 20, 63].randomElement(using: &random)!
        var places = Set((0..<min(count, detail)).map { _ in Int.random(in: 1...63, using: &random) })
        if count > 0, detail > 0, Bool.random(using: &random) { places.insert(63) }
        var zeros = 0
        for place in 1...63 {
            guard places.contains(place) else {
                zeros += 1
                continue
            }
            while zeros > 15 {
                append(0xF0, to: &bits)
                zeros -= 16
            }
            let largest = Int.random(in: 0..<40, using: &random) == 0 ? 300 : 12
            let value = Int.random(in: 1...largest, using: &random) * (Bool.random(using: &random) ? 1 : -1)
            let size = Self.size(value)
            append(UInt8(zeros << 4 | size), to: &bits)
            bits.append(Self.number(value, size), size)
            zeros = 0
        }
        if zeros > 0 { append(0x00, to: &bits) }
    }

    private func append(_ symbol: UInt8, to bits: inout BitWriter) {
        let (code, count) = Self.codes[symbol]!
        bits.append(code, count)
    }

    private static func size(_ value: Int) -> Int { Int.bitWidth - abs(value).leadingZeroBitCount }
    private static func number(_ value: Int, _ size: Int) -> Int { value < 0 ? value + 1 << size - 1 : value }
}

/// Bits as a JPEG stores them: a zero behind every byte of 255.
private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending = 0
    private var count = 0

    mutating func append(_ value: Int, _ bits: Int) {
        pending = pending << bits | value
        count += bits
        while count >= 8 {
            let byte = UInt8(pending >> (count - 8) & 255)
            bytes.append(byte)
            if byte == 255 { bytes.append(0) }
            count -= 8
            pending &= 1 << count - 1
        }
    }

    mutating func flush() { if count > 0 { append(1 << (8 - count) - 1, 8 - count) } }
}
