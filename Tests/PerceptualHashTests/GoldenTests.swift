import CKernels
import ContentDigest
import Foundation
import MediaModel
import Testing
import PerceptualHash

/// Every stage has its own golden value, so that a failure names the stage.
@Suite struct GoldenSyntheticCases {
    @Test(arguments: GoldenFile.synthetic.cases)
    func areMetBitForBit(golden: GoldenCase) throws {
        let luma = try lumaRows(golden)
        #expect(digest(luma.flatMap { $0 }) == golden.lumaSHA256, "luma")

        guard let grid = grid(luma, golden, blursSmallGrid: false) else {
            #expect(min(golden.width, golden.height) < 5)
            #expect(golden.hash == Hash256.zero.description && golden.quality == 0)
            return
        }
        #expect(digest(grid.values) == golden.gridSHA256, "blur and decimation")
        #expect(grid.quality.rawValue == golden.quality, "quality")
        let block = DCTBlock(of: grid)
        #expect(digest(block.values) == golden.dctSHA256, "DCT")
        #expect(block.hash.description == golden.hash, "median and bits")
        if let degenerate = golden.degenerate { #expect(block.isDegenerate == degenerate, "degenerate") }

        let blurred = try #require(self.grid(luma, golden, blursSmallGrid: true))
        if let expected = golden.dihedralGridSHA256 { #expect(digest(blurred.values) == expected, "blur at 64 x 64") }
        #expect(blurred.quality.rawValue == golden.dihedralQuality)
        let turned = DCTBlock(of: blurred).dihedralHashes
        for (orientation, hash) in zip(Dihedral.allCases, turned) {
            #expect(hash.description == golden.dihedral[orientation.name], "\(orientation)")
        }
    }

    @Test(arguments: GoldenFile.synthetic.cases.filter { $0.commandLine != nil })
    func areMetInTheCommandLineConvention(golden: GoldenCase) throws {
        guard case .pixels(let pixels, let layout) = golden.source.draw() else { return }
        let pdq = hash(pixels, layout, golden.width, golden.height, convention: .cli512)
        #expect(pdq.feature.hash.description == golden.commandLine!.hash)
        #expect(pdq.feature.quality.rawValue == golden.commandLine!.quality)
    }

    @Test func ofEveryStageAreMet() throws {
        for dump in GoldenFile.synthetic.stageDumps {
            guard case .pixels(let pixels, let layout) = dump.source.draw() else { continue }
            let rows = lumaRows(pixels, layout, dump.width, dump.height)
            let builder = GridBuilder(width: dump.width, height: dump.height)
            for row in rows { builder.addRow { luma in for (x, value) in row.enumerated() { luma[x] = value } } }
            let grid = try #require(builder.finish())
            #expect(grid.values.map(\.bitPattern) == dump.grid)
            let block = DCTBlock(of: grid)
            #expect(block.values.map(\.bitPattern) == dump.dct)
            #expect(block.median.bitPattern == dump.median)
            #expect(block.hash.description == dump.hash)
            #expect(grid.quality.rawValue == dump.quality)
        }
        #expect(GoldenFile.synthetic.stageDumps.count == 4)
    }

    @Test func ofTheMedianAreMet() {
        for golden in GoldenFile.synthetic.medianCases {
            #expect(DCTBlock(values: golden.values).median == golden.median, "\(golden.kind)")
        }
        #expect(GoldenFile.synthetic.medianCases.count == 7)
    }

    @Test func ofTheDCTMatrixAreMet() throws {
        struct File: Decodable { let u32: [[UInt32]] }
        let file = try JSONDecoder().decode(
            File.self, from: Data(contentsOf: GoldenFile.folder.appending(path: "pdq_dct_matrix.json")))
        #expect(DCTMatrix.rows.map(\.bitPattern) == file.u32.flatMap { $0 })
        for i in 0..<16 { for k in 0..<64 { #expect(DCTMatrix.columns[k * 16 + i] == DCTMatrix.rows[i * 64 + k]) } }
    }

    private func lumaRows(_ golden: GoldenCase) throws -> [[Float]] {
        switch golden.source.draw() {
        case .luma(let luma):
            #expect(digest(luma) == golden.inputSHA256, "the picture itself")
            return luma.rows(of: golden.width)
        case .pixels(let pixels, let layout):
            #expect(digest(bytes: pixels) == golden.inputSHA256, "the picture itself")
            return lumaRows(pixels, layout, golden.width, golden.height)
        }
    }

    /// The core takes one channel as it is; only the full-size convention expands gray to RGB first.
    private func lumaRows(_ pixels: [UInt8], _ layout: PixelLayout, _ width: Int, _ height: Int) -> [[Float]] {
        switch layout {
        case .gray: pixels.map(Float.init).rows(of: width)
        case .rgb, .rgbx:
            [Float](unsafeUninitializedCapacity: width * height) { out, count in
                Kernels.active.table.pointee.luma_rgb(pixels, width * height, out.baseAddress)
                count = width * height
            }.rows(of: width)
        }
    }

    private func grid(_ rows: [[Float]], _ golden: GoldenCase, blursSmallGrid: Bool) -> LumaGrid? {
        let builder = GridBuilder(width: golden.width, height: golden.height, blursSmallGrid: blursSmallGrid)
        for row in rows { builder.addRow { luma in for (x, value) in row.enumerated() { luma[x] = value } } }
        return builder.finish()
    }

    private func digest(_ values: [Float]) -> String {
        digest(
            bytes: values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
    }

    private func digest(bytes: [UInt8]) -> String {
        SHA256Digest(bytes: bytes.withUnsafeBytes { sha256($0) })!.description
    }
}

extension Array {
    /// Row-major samples as rows.
    func rows(of width: Int) -> [[Element]] {
        stride(from: 0, to: count, by: width).map { Array(self[$0..<$0 + width]) }
    }
}

/// The hash of a whole picture in memory.
func hash(
    _ pixels: [UInt8], _ layout: PixelLayout, _ width: Int, _ height: Int, convention: HashConvention = .fullSize,
    precision: HashPrecision = .exact, kernels: Kernels = .active
) -> PDQ {
    let hasher = PDQHasher(
        width: width, height: height, layout: layout, convention: convention, wanted: .dihedral, precision: precision,
        kernels: kernels)
    pixels.withUnsafeBufferPointer {
        hasher.add(rows: $0.baseAddress!, count: height, stride: width * layout.channels)
    }
    return hasher.finish()
}
