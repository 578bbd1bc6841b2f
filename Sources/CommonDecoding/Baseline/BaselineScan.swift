import CKernels
import CMediaShims
import MediaModel

/// The coefficients of a baseline JPEG that consists of one scan, MCU by MCU. (An MCU has the blocks of one or two
/// rows and columns of luma, and one of each chroma.)
///
/// It knows nothing of errors: whatever is not as it should be makes it give up, and libjpeg has to decide.
final class BaselineScan {
    enum Wanted {
        case all
        case luma
        /// Of luma's blocks the first coefficient.
        case lumaMeans
    }

    /// Blocks of luma in an MCU, across and down.
    let across: Int
    let down: Int
    let hasChroma: Bool
    /// MCUs that can be decoded in one go.
    static let runLength = 16

    private var bytes: EntropyBytes
    private var reader: BitReader
    private let components: [Component]
    private let restartInterval: Int
    private var untilRestart: Int
    private var nextRestart = 0
    private var predictions: (Int32, Int32, Int32) = (0, 0, 0)

    /// What was decoded last: blocks of 64 coefficients, times their quantisers. Of each row of blocks of luma, then of
    /// each chroma, `runLength` MCUs and one more block.
    private let coefficients: UnsafeMutablePointer<Int16>
    private let flatness: UnsafeMutablePointer<UInt8>
    private let buffers: [PixelBuffer]
    /// Blocks.
    private var rowLength: Int { Self.runLength * across + 1 }

    /// Where a coefficient belongs, in zigzag order. A run of zeros can lead beyond the block.
    private let order: UnsafeMutablePointer<UInt8>
    private static let orderLength = 80

    private struct Component {
        let means: HuffmanTable
        let others: HuffmanTable
        /// In zigzag order.
        let quantisers: UnsafeMutablePointer<Int32>
    }

    /// - Parameter bytes: of the file; they outlive it.
    /// - Returns: nil for what is better left to libjpeg.
    init?(_ scan: cm_jpeg_scan, _ bytes: UnsafeRawBufferPointer, budget: Budget) {
        let memory = (2 * 128 + 2) * (6 * Self.runLength + 4) + EntropyBytes.memory
        guard (1...2).contains(scan.across), (1...2).contains(scan.down), scan.offset <= bytes.count,
            memory <= budget.limits.memory,
            let coefficients = PixelBuffer(count: 128 * (6 * Self.runLength + 4)),
            let flatness = PixelBuffer(count: 6 * Self.runLength + 4),
            let window = PixelBuffer(count: EntropyBytes.memory)
        else { return nil }
        buffers = [coefficients, flatness, window]
        coefficients.bytes.initialize(repeating: 0, count: coefficients.count)
        flatness.bytes.initialize(repeating: 0, count: flatness.count)
        self.coefficients = UnsafeMutableRawPointer(coefficients.bytes).assumingMemoryBound(to: Int16.self)
        self.flatness = flatness.bytes

        (across, down) = (Int(scan.across), Int(scan.down))
        hasChroma = scan.component_count == 3
        restartInterval = Int(scan.restart_interval)
        untilRestart = restartInterval
        self.bytes = EntropyBytes(bytes, from: scan.offset, memory: window.bytes)
        reader = BitReader(self.bytes.refill(from: self.bytes.end))
        order = .allocate(capacity: Self.orderLength)
        order.initialize(repeating: 63, count: Self.orderLength)
        order.update(from: zigzag, count: 64)
        let stated = [scan.components.0, scan.components.1, scan.components.2]
        let components = stated.prefix(hasChroma ? 3 : 1).compactMap(Self.component)
        self.components = components
        guard components.count == (hasChroma ? 3 : 1) else { return nil }
    }

    deinit {
        order.deallocate()
        for component in components {
            component.means.deallocate()
            component.others.deallocate()
            component.quantisers.deallocate()
        }
    }

    private static func component(_ stated: cm_jpeg_component) -> Component? {
        guard let quantisers = stated.quantisers,
            (0..<64).allSatisfy({ (1...4095).contains(quantisers[$0]) }),
            let others = HuffmanTable(
                counts: stated.other_counts, symbols: stated.other_symbols, isMeans: false,
                end: HuffmanTable.end(counts: stated.other_counts, symbols: stated.other_symbols))
        else { return nil }
        guard
            let means = HuffmanTable(
                counts: stated.mean_counts, symbols: stated.mean_symbols, isMeans: true,
                end: HuffmanTable.end(counts: stated.other_counts, symbols: stated.other_symbols))
        else {
            others.deallocate()
            return nil
        }
        let inZigzag = UnsafeMutablePointer<Int32>.allocate(capacity: orderLength)
        inZigzag.initialize(repeating: 0, count: orderLength)
        for i in 0..<64 { inZigzag[i] = Int32(quantisers[Int(zigzag[i])]) }
        return Component(means: means, others: others, quantisers: inZigzag)
    }

    /// Of the MCUs that were decoded last: the blocks of luma's row `row`, and whether each has a mean alone.
    func luma(row: Int) -> (blocks: UnsafePointer<Int16>, isFlat: UnsafePointer<UInt8>) { blocks(row * rowLength) }
    /// The same of chroma: blue 0, red 1.
    func chroma(_ index: Int) -> (blocks: UnsafePointer<Int16>, isFlat: UnsafePointer<UInt8>) {
        blocks(down * rowLength + index * (Self.runLength + 1))
    }
    private func blocks(_ first: Int) -> (blocks: UnsafePointer<Int16>, isFlat: UnsafePointer<UInt8>) {
        (UnsafePointer(coefficients + 64 * first), UnsafePointer(flatness + first))
    }

    /// Decodes the next MCUs, at most `runLength`. - Returns: false when something is not as it should be.
    func decode(count: Int, _ wanted: Wanted) -> Bool {
        precondition(count <= Self.runLength)
        var (reader, predictions) = (self.reader, self.predictions)
        let luma = components[0]
        let (blue, red) = hasChroma ? (components[1], components[2]) : (luma, luma)
        let chroma = down * rowLength
        for mcu in 0..<count {
            if restartInterval > 0 {
                if untilRestart == 0 {
                    guard restart(&reader) else { return false }
                    predictions = (0, 0, 0)
                }
                untilRestart -= 1
            }
            if !bytes.suffices(from: reader.next) { reader.next = bytes.refill(from: reader.next) }
            var energy: UInt64 = 0
            var isValid = true
            for row in 0..<down {
                for column in 0..<across {
                    let at = row * rowLength + mcu * across + column
                    isValid =
                        (wanted == .lumaMeans
                            ? decodeMean(&reader, luma, &predictions.0, at, &energy)
                            : decodeBlock(&reader, luma, &predictions.0, at, &energy)) && isValid
                }
            }
            if hasChroma {
                if wanted == .all {
                    isValid = decodeBlock(&reader, blue, &predictions.1, chroma + mcu, &energy) && isValid
                    isValid =
                        decodeBlock(&reader, red, &predictions.2, chroma + Self.runLength + 1 + mcu, &energy)
                        && isValid
                } else {
                    isValid = skipBlock(&reader, blue) && isValid
                    isValid = skipBlock(&reader, red) && isValid
                }
            }
            guard isValid, energy <= UInt64(CK_BLOCK_ENERGY), reader.position <= bytes.end || bytes.marker == nil
            else { return false }
        }
        (self.reader, self.predictions) = (reader, predictions)
        return true
    }

    /// Whether the data end here, and with them the picture.
    func isAtEnd() -> Bool { isUsedUp(&reader) && bytes.marker == 0xD9 }

    private func isUsedUp(_ reader: inout BitReader) -> Bool {
        if !bytes.suffices(from: reader.next) { reader.next = bytes.refill(from: reader.next) }
        return reader.position == bytes.end && bytes.marker != nil
    }

    private func restart(_ reader: inout BitReader) -> Bool {
        guard isUsedUp(&reader), bytes.marker == 0xD0 + nextRestart else { return false }
        nextRestart = (nextRestart + 1) % 8
        untilRestart = restartInterval
        reader = BitReader(bytes.passMarker())
        return true
    }

    /// `energy`: at least the sum of the squares of all coefficients of a block.
    @inline(__always)
    private func decodeBlock(
        _ reader: inout BitReader, _ component: Component, _ prediction: inout Int32, _ at: Int, _ energy: inout UInt64
    ) -> Bool {
        let block = coefficients + 64 * at
        UnsafeMutableRawPointer(block).initializeMemory(as: SIMD64<Int16>.self, repeating: .zero, count: 1)
        reader.refill()
        let mean = component.means.entry(reader.bits)
        reader.drop(mean.bits)
        prediction &+= mean.value
        let first = prediction &* component.quantisers[0]
        block[0] = Int16(truncatingIfNeeded: first)
        var sum = Self.square(first)
        var place = 1 &+ mean.step
        guard place < 64 else {
            flatness[at] = 1
            energy = max(energy, sum)
            return place == 1 + HuffmanTable.Step.end
        }
        let table = component.others
        while true {
            reader.refill()
            let one = table.entry(reader.bits)
            reader.drop(one.bits)
            put(one, component, block, &place, &sum)
            if place > 63 { break }
            // A second one of at most 31 bits.
            if _slowPath(one.bits > 25) { continue }
            let other = table.entry(reader.bits)
            reader.drop(other.bits)
            put(other, component, block, &place, &sum)
            if place > 63 { break }
        }
        flatness[at] = place == 2 + HuffmanTable.Step.end ? 1 : 0
        energy = max(energy, sum)
        return isLeft(place, &reader, table)
    }

    @inline(__always)
    private func put(
        _ entry: HuffmanTable.Entry, _ component: Component, _ block: UnsafeMutablePointer<Int16>, _ place: inout Int,
        _ sum: inout UInt64
    ) {
        let at = place &+ entry.zeros
        let value = entry.value &* component.quantisers[at]
        block[Int(order[at])] = Int16(truncatingIfNeeded: value)
        sum &+= Self.square(value)
        place &+= entry.step &+ 1
    }

    /// The first coefficient alone.
    @inline(__always)
    private func decodeMean(
        _ reader: inout BitReader, _ component: Component, _ prediction: inout Int32, _ at: Int, _ energy: inout UInt64
    ) -> Bool {
        reader.refill()
        let mean = component.means.entry(reader.bits)
        prediction &+= mean.value
        let first = prediction &* component.quantisers[0]
        coefficients[64 * at] = Int16(truncatingIfNeeded: first)
        energy = max(energy, Self.square(first))
        return skipBlock(&reader, component)
    }

    @inline(__always)
    private func skipBlock(_ reader: inout BitReader, _ component: Component) -> Bool {
        reader.refill()
        let mean = component.means.entry(reader.bits)
        reader.drop(mean.bits)
        var place = 1 &+ mean.step
        guard place < 64 else { return place == 1 + HuffmanTable.Step.end }
        let table = component.others
        while true {
            reader.refill()
            let one = table.entry(reader.bits)
            reader.drop(one.bits)
            place &+= one.step &+ 1
            if place > 63 { break }
            if _slowPath(one.bits > 25) { continue }
            let other = table.entry(reader.bits)
            reader.drop(other.bits)
            place &+= other.step &+ 1
            if place > 63 { break }
        }
        return isLeft(place, &reader, table)
    }

    @inline(__always)
    private func isLeft(_ place: Int, _ reader: inout BitReader, _ table: HuffmanTable) -> Bool {
        if _slowPath(place == HuffmanTable.placeOfFalseEnd) {
            reader.putBack(table.endBits)
            return true
        }
        return HuffmanTable.isValid(place: place)
    }

    /// Of 27 bits at most, see the quantisers.
    @inline(__always)
    private static func square(_ value: Int32) -> UInt64 { UInt64(bitPattern: Int64(value) &* Int64(value)) }
}

private let zigzag: [UInt8] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
]
