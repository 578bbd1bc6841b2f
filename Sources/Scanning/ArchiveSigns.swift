import Glibc

/// Whether a file is an archive, by its first bytes: nothing else of it is read here.
enum ArchiveSigns {
    static func areIn(_ descriptor: Int32) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 262, alignment: 8) { head in
            let count = pread(descriptor, head.baseAddress, head.count, 0)
            return count > 4 && areIn(UnsafeRawBufferPointer(rebasing: head[..<count]))
        }
    }

    static func areIn(_ head: UnsafeRawBufferPointer) -> Bool {
        func starts(_ mark: [UInt8], at offset: Int = 0) -> Bool {
            head.count >= offset + mark.count && head[offset...].starts(with: mark)
        }
        switch head[0] {
        case UInt8(ascii: "P"):  // zip: a member, or none
            return starts([0x50, 0x4B, 3, 4]) || starts([0x50, 0x4B, 5, 6]) || starts([0x50, 0x4B, 7, 8])
        case 0x1F: return starts([0x1F, 0x8B, 8])  // gzip
        case 0x37: return starts([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])  // 7z
        case 0xFD: return starts([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])  // xz
        case 0x28: return starts([0x28, 0xB5, 0x2F, 0xFD])  // zstd
        case UInt8(ascii: "B") where starts(Array("BZh".utf8)): return true  // bzip2
        case UInt8(ascii: "W") where starts(Array("WARC/".utf8)): return true
        default: return starts(Array("ustar".utf8), at: 257)
        }
    }
}
