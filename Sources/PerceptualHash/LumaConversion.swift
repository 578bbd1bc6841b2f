/// 8-bit gray to float luma (SPEC 1.3); colour goes through a kernel.
enum LumaConversion {
    /// Luma of (v, v, v), which differs from v in the last bit for 35 of the 256 values.
    static let ofGray: [Float] = (0..<256).map { value in
        let v = Float(value)
        return (Float(0.299) * v + Float(0.587) * v) + Float(0.114) * v
    }

    /// The gray value as it is (the CLI convention).
    static let identity: [Float] = (0..<256).map(Float.init)
}
