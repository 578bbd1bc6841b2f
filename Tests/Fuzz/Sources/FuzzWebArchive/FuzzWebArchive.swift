import Glibc
import MediaModel
import Unpacking
import WorkerProtocol

/// Whatever a file holds, taking it apart ends, within its limits, and what is told of it can be sent.
///
/// The first byte says how little room there is. Web archives and their HTTP messages are what is meant; libarchive has
/// fuzzers of its own.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 6 else { return -1 }
    guard ftruncate(file, 0) == 0, pwrite(file, data + 1, count - 1, 0) == count - 1 else { return -1 }
    lseek(file, 0, SEEK_SET)
    let isTight = data[0] & 1 != 0
    let request = UnpackRequest(
        memberBytes: isTight ? 100 : 1 << 20, outputBytes: isTight ? 1 << 14 : 1 << 24, members: isTight ? 3 : 1000,
        seconds: 0, keepsUploader: data[0] & 2 != 0, isCollection: data[0] & 4 != 0)
    var (members, ends) = (0, 0)
    unpackUnprotected(file, request) { message, bytes in
        precondition(ends == 0, "something comes after the end")
        switch message {
        case .member(let member):
            members += 1
            precondition(member.byteCount <= request.memberBytes && Int64(bytes?.count ?? 0) == member.byteCount)
            precondition(member.file != nil || member.failure != nil, "a member of nothing")
        case .end(let facts, let failure, _):
            ends += 1
            precondition(facts.members == members && facts.members <= request.members)
            precondition(failure?.verdict != .clear)
        case .wantsMore, .working: break
        }
        // A text is cleaned when it is read, so the second reading is the one that has to agree.
        let again = try! UnpackerMessage(decoding: message.encoded[...])
        precondition(try! UnpackerMessage(decoding: again.encoded[...]) == again)
    }
    precondition(ends == 1, "an archive without an end")
    return 0
}

/// Holds the input, without a name.
private let file: Int32 = {
    var path = Array("/dev/shm/ansim-fuzz-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    unlink(path)
    return file
}()
