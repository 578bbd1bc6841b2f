import MediaModel
import Testing

@Suite struct Digests {
    /// Tables go by a part of a digest only.
    @Test func areToldApartByEveryByte() {
        let digests = (0..<32).map { place in
            SHA256Digest(bytes: (0..<32).map { $0 == place ? 1 : 0 } as [UInt8])!
        }
        #expect(Set(digests).count == 32)
        #expect(Set(digests + digests.map { SHA256Digest($0.description)! }).count == 32)
    }
}
