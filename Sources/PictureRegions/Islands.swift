/// Boxes of what lies on a background of a few plain colours, as pictures in chats, pages and apps do.
struct Islands {
    private let picture: LumaPicture

    /// Shares of the picture's border that a colour of the background has.
    private static let leastBorderShare = 0.12
    /// Levels by which a background's pixels differ from their colour.
    private static let colourRange = 5
    /// Pixels a side of the blocks that are joined.
    private static let block = 4
    /// Of the picture's sides.
    private static let leastSide = 0.12
    private static let limit = 4

    init(_ picture: LumaPicture) { self.picture = picture }

    /// The largest first, in pixels; empty without a plain background.
    var boxes: [(x: (Int, Int), y: (Int, Int))] {
        let isBackground = backgroundLevels
        guard isBackground.contains(true) else { return [] }
        let (across, down) = (picture.width / Self.block, picture.height / Self.block)
        guard min(across, down) > 4 else { return [] }
        // Blocks that are mostly something else.
        var marks = [Bool](repeating: false, count: across * down)
        for j in 0..<down {
            for i in 0..<across {
                var count = 0
                for y in j * Self.block..<(j + 1) * Self.block {
                    let at = y * picture.width + i * Self.block
                    for x in at..<at + Self.block where !isBackground[Int(picture.pixels[x])] { count += 1 }
                }
                marks[j * across + i] = 2 * count > Self.block * Self.block
            }
        }
        var found: [(x: (Int, Int), y: (Int, Int))] = []
        for start in marks.indices where marks[start] {
            let box = Self.takeIsland(at: start, &marks, across: across, down: down)
            let (width, height) = (box.x.1 - box.x.0, box.y.1 - box.y.0)
            if Double(width) >= Self.leastSide * Double(across), Double(height) >= Self.leastSide * Double(down),
                width < across || height < down
            {
                found.append(box)
            }
        }
        found.sort { ($0.x.1 - $0.x.0) * ($0.y.1 - $0.y.0) > ($1.x.1 - $1.x.0) * ($1.y.1 - $1.y.0) }
        return found.prefix(Self.limit).map { exact($0, isBackground) }
    }

    /// Which levels are those of the background.
    private var backgroundLevels: [Bool] {
        let (width, height) = (picture.width, picture.height)
        var counts = [Int](repeating: 0, count: 256)
        for x in 0..<width {
            counts[Int(picture.pixels[x])] += 1
            counts[Int(picture.pixels[(height - 1) * width + x])] += 1
        }
        for y in 0..<height {
            counts[Int(picture.pixels[y * width])] += 1
            counts[Int(picture.pixels[y * width + width - 1])] += 1
        }
        let least = Self.leastBorderShare * Double(2 * (width + height))
        var levels = [Bool](repeating: false, count: 256)
        for level in 0..<256 {
            let near = max(0, level - 1)...min(255, level + 1)
            if Double(counts[near].reduce(0, +)) >= least {
                for other in max(0, level - Self.colourRange)...min(255, level + Self.colourRange) {
                    levels[other] = true
                }
            }
        }
        return levels
    }

    /// The box of the blocks that hang together with `start`, which are unmarked.
    private static func takeIsland(
        at start: Int, _ marks: inout [Bool], across: Int, down: Int
    ) -> (x: (Int, Int), y: (Int, Int)) {
        var open = [start]
        marks[start] = false
        var (left, right, top, bottom) = (across, 0, down, 0)
        while let at = open.popLast() {
            let (x, y) = (at % across, at / across)
            (left, right, top, bottom) = (min(left, x), max(right, x + 1), min(top, y), max(bottom, y + 1))
            for (nextX, nextY) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            where nextX >= 0 && nextX < across && nextY >= 0 && nextY < down && marks[nextY * across + nextX] {
                marks[nextY * across + nextX] = false
                open.append(nextY * across + nextX)
            }
        }
        return ((left, right), (top, bottom))
    }

    /// In pixels, to the lines of which a good part is no background.
    private func exact(
        _ box: (x: (Int, Int), y: (Int, Int)), _ isBackground: [Bool]
    ) -> (x: (Int, Int), y: (Int, Int)) {
        var (left, right) = (box.x.0 * Self.block, box.x.1 * Self.block)
        var (top, bottom) = (box.y.0 * Self.block, box.y.1 * Self.block)
        func isFull(row y: Int) -> Bool {
            let count = (left..<right).count { !isBackground[Int(picture.pixels[y * picture.width + $0])] }
            return 3 * count > right - left
        }
        func isFull(column x: Int) -> Bool {
            let count = (top..<bottom).count { !isBackground[Int(picture.pixels[$0 * picture.width + x])] }
            return 3 * count > bottom - top
        }
        /// Moves an end, outwards or inwards, to the last full line.
        func end(_ from: Int, _ step: Int, _ limit: Int, _ isFull: (Int) -> Bool) -> Int {
            var at = from
            while at != limit, isFull(at + step) { at += step }
            for _ in 0..<2 * Self.block where !isFull(at) { at -= step }
            return at
        }
        top = end(top, -1, 0) { isFull(row: $0) }
        bottom = end(bottom - 1, 1, picture.height - 1) { isFull(row: $0) } + 1
        left = end(left, -1, 0) { isFull(column: $0) }
        right = end(right - 1, 1, picture.width - 1) { isFull(column: $0) } + 1
        return ((left, right), (top, bottom))
    }
}
