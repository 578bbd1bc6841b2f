import CommonDecoding
import Decoding
import DecodingTestSupport
import Foundation
import MediaModel
import Testing

/// What is decoded for a fast hash: luma where it is cheaper, reduced where the picture is large.
@Suite struct FastDecoding {
    @Test(arguments: Fixture.all)
    func makesOfAFileWhatTheExactOneMakes(fixture: Fixture) throws {
        let exact = Result { try decode(fixture.data) }
        let fast = Result { try decode(fixture.data, precision: .fast) }
        switch (exact, fast) {
        case (.success(let exact), .success(let fast)):
            #expect(exact.picture.shape.width == fast.picture.shape.width)
            #expect(exact.picture.shape.height == fast.picture.shape.height)
            #expect(exact.picture.damage == fast.picture.damage)
            #expect(exact.picture.exifOrientation == fast.picture.exifOrientation)
            #expect(fast.pixels.count / fast.picture.shape.keptChannels == fast.picture.shape.pixelsInRows)
            let difference = abs(mean(exact.pixels, exact.picture) - mean(fast.pixels, fast.picture))
            #expect(difference < 2, "mean luma")
        case (.failure(let exact as DecodeError), .failure(let fast as DecodeError)): #expect(exact == fast)
        default: Issue.record("\(exact) but \(fast)")
        }
    }

    /// The scans that are not needed are not read: what is wrong with them makes no difference.
    @Test func stopsAfterTheScansThatTheHashNeeds() throws {
        let whole = Fixture.all.first { $0.file == "jpeg-progressive-large.jpg" }!.data
        var broken = whole
        for at in whole.count * 3 / 4..<whole.count - 2 { broken[at] = 0 }
        let (expected, got) = (try decode(whole, precision: .fast), try decode(broken, precision: .fast))
        #expect(got.picture.damage == nil && got.pixels == expected.pixels)
        #expect(try decode(broken).picture.damage != nil)
    }

    /// A file that is cut off is told as damaged, although the scans that are needed are there.
    @Test func tellsOfAProgressiveFileThatIsCutOff() throws {
        let whole = Fixture.all.first { $0.file == "jpeg-progressive-large.jpg" }!.data
        #expect(try decode(whole[..<(whole.count * 3 / 4)], precision: .fast).picture.damage != nil)
    }

    private func mean(_ pixels: [UInt8], _ picture: Picture) -> Double {
        guard picture.shape.channels > 1 else {
            return Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count)
        }
        let sum = stride(from: 0, to: pixels.count, by: 3).reduce(0.0) { sum, at in
            sum + 0.299 * Double(pixels[at]) + 0.587 * Double(pixels[at + 1]) + 0.114 * Double(pixels[at + 2])
        }
        return sum / Double(pixels.count / 3)
    }
}

extension PictureShape {
    fileprivate var pixelsInRows: Int { rowCount * rowBytes / channels }
}
