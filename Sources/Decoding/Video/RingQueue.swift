/// A queue whose elements keep their positions.
struct RingQueue<Element> {
    private var elements: [Element] = []
    private var removed = 0
    private var head = 0

    var start: Int { removed + head }
    var end: Int { removed + elements.count }
    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst() -> Element {
        let first = elements[head]
        head += 1
        if head > 1024 {
            elements.removeFirst(head)
            removed += head
            head = 0
        }
        return first
    }

    subscript(position: Int) -> Element {
        get { elements[position - removed] }
        set { elements[position - removed] = newValue }
    }
}
