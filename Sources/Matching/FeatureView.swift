import MediaModel

/// A reference's picture, or a frame of its, as a picture of an item shows it by local features.
struct FeatureView {
    let caseID: CaseID
    let reference: ReferenceID
    /// Of the reference's frame, in ms; nil for a picture.
    let moment: Int64?
    /// `FeatureAgreement.evidence`.
    let evidence: Double
    /// Of the descriptors that agree, the median in bits.
    let distance: Int
    /// Of the reference's form that the item shows.
    let orientation: Dihedral
    let location: MatchLocation?

    /// - Parameter time: of the item's frame, in ms.
    func match(at time: Int64) -> Match {
        let segments = moment.map { moment in
            [
                Segment(
                    item: time...time, reference: moment...moment, speed: 0, orientation: orientation, frames: 1,
                    distinctFrames: 1, medianDistance: distance, leastDistance: distance)
            ]
        }
        return Match(
            caseID: caseID, reference: reference, evidence: .features, distance: distance, orientation: orientation,
            segments: segments ?? [], location: location)
    }
}
