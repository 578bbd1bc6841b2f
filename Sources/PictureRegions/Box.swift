import MediaModel

/// A rectangle on a plane, in pixels; edges may lie within pixels.
struct Box: Hashable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }

    func window(in picture: LumaPicture) -> PictureWindow? {
        PictureWindow(
            left: left / Double(picture.width), top: top / Double(picture.height),
            right: right / Double(picture.width), bottom: bottom / Double(picture.height))
    }
}
