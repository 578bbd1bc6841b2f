/// What an AV1 sequence header says that reading frame headers takes.
struct AV1Sequence {
    private(set) var isStillPicture = false
    /// Of the time at which each frame is shown, bits; nil where it is not stated.
    private(set) var presentationTimeBits: Int?
    private(set) var hasDecoderModel = false
    private(set) var removalTimeBits = 0
    /// Of each operating point: its layers, and whether the decoder model has it.
    private(set) var points: [(layers: UInt32, hasModel: Bool)] = []
    /// Of a frame's number and of the difference to it; nil where frames have none.
    private(set) var numberBits: (own: Int, difference: Int)?
    /// 2: each frame says so.
    private(set) var screenContent: UInt32 = 2
    private(set) var wholeVectors: UInt32 = 2
    private(set) var orderBits = 0

    /// Nil when it ends too early.
    init?(_ bytes: Slice<UnsafeRawBufferPointer>) {
        var bits = BitReader(bytes)
        guard bits.read(4) != nil, let reduced = bits.read(1) else { return nil }
        isStillPicture = reduced == 1
        guard isStillPicture ? bits.read(5) != nil : readPoints(&bits) else { return nil }
        guard let across = bits.read(4), let down = bits.read(4), bits.read(Int(across) + 1) != nil,
            bits.read(Int(down) + 1) != nil
        else { return nil }
        if isStillPicture {
            guard bits.read(3) != nil else { return nil }
            return
        }
        guard let hasNumbers = bits.read(1) else { return nil }
        if hasNumbers == 1 {
            guard let difference = bits.read(4), let further = bits.read(3) else { return nil }
            numberBits = (Int(difference + further) + 3, Int(difference) + 2)
        }
        guard readTools(&bits) else { return nil }
    }

    private mutating func readPoints(_ bits: inout BitReader) -> Bool {
        var delayBits = 0
        guard let hasTiming = bits.read(1) else { return false }
        if hasTiming == 1 {
            guard bits.read(32) != nil, bits.read(32) != nil, let isEven = bits.read(1),
                isEven == 0 || bits.exponentialGolomb() != nil, let hasModel = bits.read(1)
            else { return false }
            hasDecoderModel = hasModel == 1
            if hasDecoderModel {
                guard let delay = bits.read(5), bits.read(32) != nil, let removal = bits.read(5),
                    let presentation = bits.read(5)
                else { return false }
                (delayBits, removalTimeBits) = (Int(delay) + 1, Int(removal) + 1)
                if isEven == 0 { presentationTimeBits = Int(presentation) + 1 }
            }
        }
        guard let hasDisplayDelay = bits.read(1), let further = bits.read(5) else { return false }
        for _ in 0...further {
            guard let layers = bits.read(12), let level = bits.read(5), level <= 7 || bits.read(1) != nil else {
                return false
            }
            var hasModel = false
            if hasDecoderModel {
                guard let flag = bits.read(1) else { return false }
                hasModel = flag == 1
                if hasModel {
                    guard bits.read(delayBits) != nil, bits.read(delayBits) != nil, bits.read(1) != nil else {
                        return false
                    }
                }
            }
            if hasDisplayDelay == 1 {
                guard let flag = bits.read(1), flag == 0 || bits.read(4) != nil else { return false }
            }
            points.append((layers, hasModel))
        }
        return true
    }

    private mutating func readTools(_ bits: inout BitReader) -> Bool {
        // Superblocks, intra tools; then compound, warped and dual filter tools.
        guard bits.read(3) != nil, bits.read(4) != nil, let hasOrder = bits.read(1),
            hasOrder == 0 || bits.read(2) != nil, let choosesScreen = bits.read(1)
        else { return false }
        if choosesScreen == 0 {
            guard let flag = bits.read(1) else { return false }
            screenContent = flag
        }
        if screenContent > 0 {
            guard let chooses = bits.read(1) else { return false }
            if chooses == 0 {
                guard let flag = bits.read(1) else { return false }
                wholeVectors = flag
            }
        }
        if hasOrder == 1 {
            guard let count = bits.read(3) else { return false }
            orderBits = Int(count) + 1
        }
        return true
    }
}

/// Of an AV1 frame header, which of the eight stored frames it needs and replaces.
struct AV1FrameHeader {
    /// A stored frame that is shown, instead of a new one.
    private(set) var shownSlot: Int?
    private(set) var isKey = false
    private(set) var isShown = true
    /// One bit a slot.
    private(set) var needs: UInt8 = 0
    private(set) var replaces: UInt8 = 0

    /// Nil when it ends too early.
    init?(_ bytes: Slice<UnsafeRawBufferPointer>, _ sequence: AV1Sequence, layer: (temporal: Int, spatial: Int)) {
        if sequence.isStillPicture {
            (isKey, replaces) = (true, 255)
            return
        }
        var bits = BitReader(bytes)
        guard let showsStored = bits.read(1) else { return nil }
        if showsStored == 1 {
            guard let slot = bits.read(3) else { return nil }
            (shownSlot, needs) = (Int(slot), 1 << slot)
            return
        }
        guard let type = bits.read(2), let isShown = bits.read(1) else { return nil }
        self.isShown = isShown == 1
        isKey = type == 0
        let isIntra = type == 0 || type == 2
        if self.isShown, let count = sequence.presentationTimeBits, bits.read(count) == nil { return nil }
        if !self.isShown, bits.read(1) == nil { return nil }
        var isResilient = type == 3 || (isKey && self.isShown)
        if !isResilient {
            guard let flag = bits.read(1) else { return nil }
            isResilient = flag == 1
        }
        guard bits.read(1) != nil, Self.skipScreenContent(&bits, sequence) else { return nil }
        if let numbers = sequence.numberBits, bits.read(numbers.own) == nil { return nil }
        if type != 3, bits.read(1) == nil { return nil }
        guard bits.read(sequence.orderBits) != nil, isIntra || isResilient || bits.read(3) != nil,
            Self.skipRemovalTimes(&bits, sequence, layer)
        else { return nil }
        if type == 3 || (isKey && self.isShown) {
            replaces = 255
        } else {
            guard let mask = bits.read(8) else { return nil }
            replaces = UInt8(mask)
        }
        let hasOrder = sequence.orderBits > 0
        if isResilient, hasOrder, !isIntra || replaces != 255 {
            for _ in 0..<8 where bits.read(sequence.orderBits) == nil { return nil }
            // What a decoder lacks of those orders it makes up.
            if !(isKey && self.isShown) { needs = 255 }
        }
        if !isIntra, !readReferences(&bits, sequence, hasOrder: hasOrder) { return nil }
    }

    private static func skipScreenContent(_ bits: inout BitReader, _ sequence: AV1Sequence) -> Bool {
        var screenContent = sequence.screenContent
        if screenContent == 2 {
            guard let flag = bits.read(1) else { return false }
            screenContent = flag
        }
        return screenContent == 0 || sequence.wholeVectors != 2 || bits.read(1) != nil
    }

    private static func skipRemovalTimes(
        _ bits: inout BitReader, _ sequence: AV1Sequence, _ layer: (temporal: Int, spatial: Int)
    ) -> Bool {
        guard sequence.hasDecoderModel else { return true }
        guard let areStated = bits.read(1) else { return false }
        guard areStated == 1 else { return true }
        for point in sequence.points where point.hasModel {
            let isIn = point.layers >> layer.temporal & 1 == 1 && point.layers >> (layer.spatial + 8) & 1 == 1
            if point.layers == 0 || isIn, bits.read(sequence.removalTimeBits) == nil { return false }
        }
        return true
    }

    private mutating func readReferences(_ bits: inout BitReader, _ sequence: AV1Sequence, hasOrder: Bool) -> Bool {
        if hasOrder {
            guard let isShort = bits.read(1) else { return false }
            if isShort == 1 {
                // Which ones follows from the orders of all.
                needs = 255
                return true
            }
        }
        for _ in 0..<7 {
            guard let slot = bits.read(3) else { return false }
            needs |= 1 << slot
            if let numbers = sequence.numberBits, bits.read(numbers.difference) == nil { return false }
        }
        return true
    }
}
