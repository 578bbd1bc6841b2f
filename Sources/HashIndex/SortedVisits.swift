import CKernels
import MediaModel

/// All buckets that a batch visits in a band, in their order.
func sortedVisits(_ codes: [Hash256], _ band: Int, _ plan: ProbePlan) -> [ck_visit] {
    let masks = plan.masks.prefix(plan.maskCount(band))
    let bound = plan.bound(band)
    let visits = [ck_visit](unsafeUninitializedCapacity: codes.count * masks.count) { out, count in
        for (number, code) in codes.enumerated() {
            let (bucket, next) = (code.band(band) >> plan.shift, code.band((band + 1) % BandLayout.bands))
            for mask in masks {
                out[count] = ck_visit(
                    bucket: bucket ^ mask, next: next, room: bound - UInt32(mask.nonzeroBitCount), query: UInt32(number)
                )
                count += 1
            }
        }
    }
    return sorted(sorted(visits, byBitsFrom: 0), byBitsFrom: 8)
}

/// A stable counting sort by eight bits of the bucket.
private func sorted(_ visits: [ck_visit], byBitsFrom bit: UInt16) -> [ck_visit] {
    var places = [Int](repeating: 0, count: 257)
    for visit in visits { places[Int(visit.bucket >> bit & 255) + 1] += 1 }
    for value in 0..<256 { places[value + 1] += places[value] }
    return [ck_visit](unsafeUninitializedCapacity: visits.count) { out, count in
        places.withUnsafeMutableBufferPointer { places in
            for visit in visits {
                let value = Int(visit.bucket >> bit & 255)
                out[places[value]] = visit
                places[value] += 1
            }
        }
        count = visits.count
    }
}
