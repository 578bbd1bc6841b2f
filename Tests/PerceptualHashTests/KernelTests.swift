import CKernels
import MediaModel
import TestSupport
import Testing
import PerceptualHash

private let levels: [ck_level] = [.CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON].filter { ck_has_level($0) != 0 }
/// Around the widths of registers and bands, and the windows 1, 2, 3, ...
private let widths = [5, 8, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 257, 300, 512, 641, 1000]

/// Every level gives the portable one's bits, on numbers that are hard to add: large, tiny, equal, alternating.
@Suite struct FloatKernels {
    private static let bandRows = Int(CK_BAND_ROWS)

    @Test(arguments: levels, widths)
    func blurRowsAlike(level: ck_level, width: Int) throws {
        let window = (width + 127) / 128
        let stride = width + 7
        for (name, band) in samples(Self.bandRows * stride, seed: UInt64(width)) {
            func run(_ level: ck_level) throws -> [UInt32] {
                let table = try #require(Kernels(level: level)).table
                var out = [Float](repeating: 0, count: Self.bandRows * stride)
                withScratch((2 * window + 64) * Self.bandRows) {
                    table.pointee.box_rows(band, &out, width, stride, window, $0)
                }
                return out.map(\.bitPattern)
            }
            #expect(try run(level) == run(.CK_PORTABLE), "\(name)")
        }
    }

    @Test(arguments: levels, widths)
    func blurRowsToTheGridAlike(level: ck_level, width: Int) throws {
        let window = (width + 127) / 128
        let columns = LumaGrid.positions(in: width).map(UInt32.init)
        for (name, band) in samples(Self.bandRows * width, seed: UInt64(width)) {
            func run(_ level: ck_level) throws -> [UInt32] {
                let table = try #require(Kernels(level: level)).table
                var out = [Float](repeating: 0, count: Self.bandRows * 64)
                withScratch((2 * window + 64) * Self.bandRows) {
                    table.pointee.box_rows_at(band, &out, width, width, window, columns, $0)
                }
                return out.map(\.bitPattern)
            }
            let wide = try #require(Kernels(level: .CK_PORTABLE)).table
            var all = [Float](repeating: 0, count: Self.bandRows * width)
            withScratch((2 * window + 64) * Self.bandRows) {
                wide.pointee.box_rows(band, &all, width, width, window, $0)
            }
            let picked = (0..<Self.bandRows).flatMap { row in columns.map { all[row * width + Int($0)].bitPattern } }
            #expect(try run(.CK_PORTABLE) == picked, "\(name)")
            #expect(try run(level) == picked, "\(name)")
        }
    }

    @Test(arguments: levels, widths + [1601])
    func blurColumnsAlike(level: ck_level, width: Int) throws {
        let stride = width + 3
        for (name, data) in samples(11 * stride, seed: UInt64(width)) {
            let (add, subtract) = (Array(data[stride..<6 * stride]), Array(data[(6 * stride)...]))
            func run(_ level: ck_level, rowsAtOnce: Int) throws -> [UInt32] {
                let table = try #require(Kernels(level: level)).table
                var sums = Array(data[..<width])
                var out = [Float](repeating: 0, count: 5 * stride)
                table.pointee.box_columns(&sums, add, nil, nil, 3, width, 1, stride)
                for row in Swift.stride(from: 0, to: 5, by: rowsAtOnce) {
                    out.withUnsafeMutableBufferPointer { out in
                        add.withUnsafeBufferPointer { add in
                            subtract.withUnsafeBufferPointer { subtract in
                                let at = row * stride
                                table.pointee.box_columns(
                                    &sums, add.baseAddress! + at, subtract.baseAddress! + at, out.baseAddress! + at, 7,
                                    width, min(rowsAtOnce, 5 - row), stride)
                            }
                        }
                    }
                }
                table.pointee.box_columns(&sums, nil, subtract, nil, 3, width, 1, stride)
                return (sums + out).map(\.bitPattern)
            }
            let stepwise = try run(.CK_PORTABLE, rowsAtOnce: 1)
            for rows in [1, 2, 5] { #expect(try run(level, rowsAtOnce: rows) == stepwise, "\(name), \(rows)") }
        }
    }

    @Test(arguments: levels) func transformAlike(level: ck_level) throws {
        for (name, data) in samples(64 * 64, seed: 1) {
            let grid = LumaGrid(values: data)
            let portable = DCTBlock(of: grid, kernels: try #require(Kernels(level: .CK_PORTABLE)))
            let block = DCTBlock(of: grid, kernels: try #require(Kernels(level: level)))
            #expect(block.values.map(\.bitPattern) == portable.values.map(\.bitPattern), "\(name)")
        }
    }

    /// All 2^24 colours, by the formula.
    @Test(arguments: [ck_level.CK_PORTABLE] + levels) func convertEveryYUV(level: ck_level) throws {
        let table = try #require(Kernels(level: level)).table
        for var k in [
            ck_yuv(offset: 128, luma: 9539, vr: 13075, ub: 16525, ug: -3209, vg: -6660),
            ck_yuv(offset: 0, luma: 8192, vr: 11485, ub: 14516, ug: -2819, vg: -5850),
        ] {
            let luma = (0..<512).map { UInt8($0 % 256) }
            var red = [Int16](repeating: 0, count: 512)
            var (green, blue) = (red, red)
            var out = [UInt32](repeating: 0, count: 511)
            var wrong = 0
            for u in 0..<256 {
                for v in 0..<256 {
                    let (us, vs) = ([UInt8](repeating: UInt8(u), count: 256), [UInt8](repeating: UInt8(v), count: 256))
                    table.pointee.yuv_chroma(us, vs, 256, &k, &red, &green, &blue)
                    table.pointee.yuv_rgbx(luma, 511, &k, red, green, blue, &out)
                    let (du, dv) = (u * 8 - 1024, v * 8 - 1024)
                    let r = (dv * Int(k.vr)) >> 16
                    let g = (du * Int(k.ug)) >> 16 + (dv * Int(k.vg)) >> 16
                    let b = (du * Int(k.ub)) >> 16
                    for x in 0..<511 {
                        let y = ((x % 256 * 8 - Int(k.offset)) * Int(k.luma)) >> 16
                        let rgb = (min(max(y + r, 0), 255), min(max(y + g, 0), 255), min(max(y + b, 0), 255))
                        if out[x] != UInt32(rgb.0 | rgb.1 << 8 | rgb.2 << 16) { wrong += 1 }
                    }
                }
            }
            #expect(wrong == 0)
        }
    }

    /// All 2^24 colours: a compiler that fuses a product and a sum would show here.
    @Test(arguments: [ck_level.CK_PORTABLE] + levels) func convertEveryColour(level: ck_level) throws {
        let table = try #require(Kernels(level: level)).table
        var wrong = 0
        var out = [Float](repeating: 0, count: 256)
        for red in 0..<256 {
            for green in 0..<256 {
                let row = (0..<256).flatMap { [UInt8(red), UInt8(green), UInt8($0)] }
                table.pointee.luma_rgb(row, 256, &out)
                let warm = Float(0.299) * Float(red) + Float(0.587) * Float(green)
                for blue in 0..<256 where out[blue] != warm + Float(0.114) * Float(blue) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test(arguments: [ck_level.CK_PORTABLE] + levels, widths)
    func sumTentRowsExactly(level: ck_level, width: Int) throws {
        let table = try #require(Kernels(level: level)).table
        var random = SeededGenerator(seed: UInt64(width))
        // Weights that fill 16 bits at once, just not, and alone.
        for weights in [[1], [1, 2, 3, 4, 3, 2, 1], [255, 255, 2], [128, 129, 127, 130], (1...40).map { $0 }] {
            let stride = width + 5
            let rows = (0..<stride * weights.count).map { _ in UInt8.random(in: 250...255, using: &random) }
            var sums = (0..<width).map { UInt32($0) }
            let expected = (0..<width).map { x in
                weights.indices.reduce(UInt32(x)) { $0 + UInt32(weights[$1]) * UInt32(rows[$1 * stride + x]) }
            }
            table.pointee.tent_rows(rows, stride, weights.count, weights.map(UInt16.init), &sums, width)
            #expect(sums == expected, "\(weights)")
        }
    }

    @Test(arguments: levels, [8, 16, 24, 72]) func sumTentColumnsAlike(level: ck_level, span: Int) throws {
        var random = SeededGenerator(seed: UInt64(span))
        let sums = (0..<1000 + span).map { _ in UInt32.random(in: 0..<1 << 24, using: &random) }
        let starts = (0..<64).map { _ in UInt32.random(in: 0..<1000, using: &random) }
        let shapes = (0..<64).map { _ in UInt32(span) * UInt32.random(in: 0..<3, using: &random) }
        let weights = (0..<3 * span).map { _ in Float.random(in: 0...1, using: &random) }
        func run(_ level: ck_level) throws -> [Float] {
            var out = [Float](repeating: 0, count: 64)
            try #require(Kernels(level: level)).table.pointee.tent_columns(
                sums, starts, shapes, weights, span, 0.37, &out)
            return out
        }
        let expected = (0..<64).map { i in
            (0..<span).reduce(0.0) {
                $0 + Double(sums[Int(starts[i]) + $1]) * Double(weights[Int(shapes[i]) + $1])
            } * 0.37
        }
        for (value, wanted) in zip(try run(level), expected) {
            #expect(abs(Double(value) - wanted) < 1e-5 * wanted + 1)
        }
        #expect(try run(level).map(\.bitPattern) == run(.CK_PORTABLE).map(\.bitPattern))
    }

    @Test(arguments: [ck_level.CK_PORTABLE] + levels) func countStepsAndFindMediansExactly(level: ck_level) throws {
        let kernels = try #require(Kernels(level: level))
        for (name, data) in samples(64 * 64, seed: 3) {
            let grid = LumaGrid(values: data)
            func step(_ u: Float, _ v: Float) -> Int { abs(Int(((u - v) * 100) / 255)) }
            var sum = 0
            for row in 0..<64 {
                for column in 0..<64 {
                    if row < 63 { sum += step(data[row * 64 + column], data[(row + 1) * 64 + column]) }
                    if column < 63 { sum += step(data[row * 64 + column], data[row * 64 + column + 1]) }
                }
            }
            #expect(grid.quality(kernels: kernels).rawValue == min(100, sum / 90), "\(name)")

            let values = data[..<256].enumerated().map { $0 % 3 == 0 ? -$1 : $1 } as [Float]
            let median = values.sorted()[127]
            let (found, hash) = DCTBlock(values: values).thresholded(kernels: kernels)
            #expect(found == median, "\(name)")
            for (n, value) in values.enumerated() {
                let word = [hash.word0, hash.word1, hash.word2, hash.word3][n / 64]
                #expect((word >> UInt64(n % 64) & 1 == 1) == (value > median), "\(name)")
            }
        }
    }

    @Test(arguments: [ck_level.CK_PORTABLE] + levels) func convertGrayLikeColour(level: ck_level) throws {
        let table = try #require(Kernels(level: level)).table
        let gray = (0...255).map { UInt8($0) }
        var (ofGray, ofColour) = ([Float](repeating: 0, count: 256), [Float](repeating: 0, count: 256))
        table.pointee.luma_gray(gray, 256, &ofGray)
        table.pointee.luma_rgb(gray.flatMap { [$0, $0, $0] }, 256, &ofColour)
        #expect(ofGray.map(\.bitPattern) == ofColour.map(\.bitPattern))
    }

    @Test(arguments: levels) func hashWholePicturesAlike(level: ck_level) throws {
        var random = SeededGenerator(seed: 7)
        for (width, height) in [(5, 5), (64, 64), (64, 65), (129, 77), (640, 357), (1001, 130)] {
            let pixels = (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
            let portable = hash(pixels, .rgb, width, height, kernels: try #require(Kernels(level: .CK_PORTABLE)))
            let other = hash(pixels, .rgb, width, height, kernels: try #require(Kernels(level: level)))
            #expect(portable.hashes == other.hashes)
            #expect(portable.feature == other.feature)
            func fast(_ kernels: Kernels) -> PDQ {
                PerceptualHashTests.hash(pixels, .rgb, width, height, precision: .fast, kernels: kernels)
            }
            #expect(fast(try #require(Kernels(level: level))).hashes == fast(.active).hashes)
        }
    }

    /// What replaces a division gives its bits, whatever the divisor: here the sums of a column, which are chosen.
    @Test(arguments: levels) func divideExactly(level: ck_level) throws {
        let table = try #require(Kernels(level: level)).table
        var random = SeededGenerator(seed: 5)
        for divisor in 1...1030 {
            var sums = (0..<640).map { _ in
                Float(bitPattern: UInt32.random(in: 0x2F00_0000...0x4F00_0000, using: &random))
            }
            var out = [Float](repeating: 0, count: sums.count)
            table.pointee.box_columns(&sums, nil, nil, &out, Float(divisor), sums.count, 1, sums.count)
            #expect(zip(sums, out).allSatisfy { $0 / Float(divisor) == $1 }, "by \(divisor)")
        }
    }

    private func samples(_ count: Int, seed: UInt64) -> [(String, [Float])] {
        var random = SeededGenerator(seed: seed)
        return [
            ("noise", (0..<count).map { _ in Float.random(in: 0...255, using: &random) }),
            ("equal", [Float](repeating: 127.3, count: count)),
            ("alternating", (0..<count).map { $0 % 2 == 0 ? 0 : 255 }),
            (
                "tiny and large",
                (0..<count).map { $0 % 7 == 0 ? 254.99998 : Float.random(in: 0...1e-5, using: &random) }
            ),
        ]
    }

    private func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
        defer { bytes.deallocate() }
        body(bytes.bindMemory(to: Float.self, capacity: count))
    }
}

@Suite struct KernelChoice {
    @Test func takesTheBestLevelOfTheCPU() { #expect(ck_has_level(ck_best_level()) != 0) }

    @Test func knowsItsLevelsByName() {
        #expect(
            [ck_level.CK_PORTABLE, .CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON].map {
                String(cString: ck_level_name($0))
            }
                == ["portable", "popcnt", "avx2", "avx512", "neon"])
    }
}

/// PNG's row filters, undone.
@Suite struct PNGRowKernels {
    /// Around the lengths where the wavefront takes over, every pixel size, every mix of filters.
    @Test(arguments: [ck_level.CK_PORTABLE] + levels, [1, 2, 3, 4])
    func undoWhatTheFiltersDid(level: ck_level, pixelBytes: Int) throws {
        let table = try #require(Kernels(level: level)).table
        var random = SeededGenerator(seed: UInt64(pixelBytes))
        let padding = Int(CK_PNG_PADDING)
        for width in [1, 2, 3, 7, 8, 9, 15, 64, 201] {
            for count in [1, 3, 4, 5, 8, 11] {
                let rowBytes = width * pixelBytes
                let stride = rowBytes + 2 * padding
                let kinds = [0...255, 0...3, 253...255].randomElement(using: &random)!
                let pixels = (0...count).map { _ in
                    (0..<rowBytes).map { _ in UInt8(Int.random(in: kinds, using: &random)) }
                }
                var filtered: [UInt8] = []
                for row in 1...count {
                    let filter = UInt8.random(in: 0...4, using: &random)
                    filtered.append(filter)
                    filtered += self.filtered(pixels[row], above: pixels[row - 1], filter, pixelBytes)
                }
                filtered += [UInt8](repeating: 0xA5, count: padding)
                var rows = [UInt8](repeating: 0x5A, count: (count + 1) * stride + 2 * padding)
                rows.replaceSubrange(padding..<padding + rowBytes, with: pixels[0])
                rows.withUnsafeMutableBufferPointer { rows in
                    let first = rows.baseAddress! + padding
                    table.pointee.png_rows(filtered, count, rowBytes, pixelBytes, first, first + stride, stride)
                }
                for row in 1...count {
                    let start = padding + row * stride
                    #expect(
                        Array(rows[start..<start + rowBytes]) == pixels[row],
                        "\(width) pixels, row \(row) of \(count)")
                }
            }
        }
    }

    /// As an encoder does it (PNG specification, 9.2).
    private func filtered(_ row: [UInt8], above: [UInt8], _ filter: UInt8, _ pixelBytes: Int) -> [UInt8] {
        row.indices.map { i in
            let left = i < pixelBytes ? 0 : Int(row[i - pixelBytes])
            let (up, corner) = (Int(above[i]), i < pixelBytes ? 0 : Int(above[i - pixelBytes]))
            let guess: Int
            switch filter {
            case 1: guess = left
            case 2: guess = up
            case 3: guess = (left + up) / 2
            case 4:
                let estimate = left + up - corner
                guess = [left, up, corner].min { abs(estimate - $0) < abs(estimate - $1) }!
            default: guess = 0
            }
            return row[i] &- UInt8(guess)
        }
    }
}
